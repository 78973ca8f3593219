// simulate.cpp: plan, replay, report.
#include "flows/cli/simulate.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "flows/cli/coverage.h"
#include "flows/cli/explain_files.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/progress.h"
#include "flows/cli/rtl_trace.h"
#include "flows/cli/stopwatch.h"
#include "flows/cli/verdict_reuse.h"
#include "sim/report/terminal.h"
#include "sim/run/chain.h"
#include "sim/run/explain.h"
#include "sim/run/replay.h"

namespace systole {
namespace {

/// A checkpoint may not take more than this part of the time.
constexpr double kMostCheckpointing = 0.05;

std::string describe(const ReplayProgress& progress, double seconds) {
  const double left = progress.done > 0 ? seconds * (1 - progress.done) / progress.done : 0.0;
  return fmt::format("simulating: {} of {} ops, {} cycles, {:.0f} MMAC/s, {:.0f} s left",
                     progress.ops_done, progress.ops,
                     with_commas(static_cast<std::int64_t>(progress.cycles)),
                     1e-6 * static_cast<double>(progress.macs) / seconds, left);
}

/// Rows and totals, with what only the preparation of the network knows of them.
void fill(const Prepared& prepared, std::vector<OpVerdict> ops, bool interrupted,
          RunReport& report) {
  for (OpVerdict& op : ops) {
    if (const auto found = prepared.sqnr.find(op.name); found != prepared.sqnr.end())
      op.sqnr = found->second;
    const auto reason = prepared.host_reasons.find(op.name);
    if (op.engine == Engine::kHost && reason != prepared.host_reasons.end())
      op.message = reason->second;
  }
  report.totals = total(ops, interrupted);
  report.ops = std::move(ops);
}

/// Writes what is finished, while the replay goes on. The trace first: a verdict's rows are then
/// never without their tensors.
class Checkpoint {
 public:
  Checkpoint(const Simulation& simulation, const RunReport& report)
      : simulation_(simulation), report_(report), interval_(simulation.request.config.checkpoint) {}

  void operator()(const std::function<Replay()>& so_far) {
    if (watch_.seconds() < interval_) return;
    watch_.lap();
    Replay replay = so_far();
    RunReport report = report_;
    fill(simulation_.prepared, replay.ops, true, report);
    write_rtl_trace(simulation_.request.rtl_trace(), simulation_.golden, std::move(replay));
    write_verdict(simulation_.request, report);
    interval_ = std::max(interval_, watch_.lap() / kMostCheckpointing);
  }

 private:
  const Simulation& simulation_;
  const RunReport& report_;
  double interval_;
  Stopwatch watch_;
};

BuiltDut build_tracing_design(DutConfig config) {
  config.instrument = Instrument::kTrace;
  return build_design(config);
}

std::string explain_folder(const RunRequest& request) { return request.out + "/explain"; }

/// Files of an earlier run are no evidence of this one.
void remove_old_explanations(const RunRequest& request) {
  std::error_code ignored;  // What stays is overwritten, or says so then.
  std::filesystem::remove_all(explain_folder(request), ignored);
}

/// Fills the explanations of the ops that are wrong; nothing to do where none is.
void explain_wrong_ops(const Simulation& simulation, const ReplaySetup& replay, Replay& result) {
  const RunRequest& request = simulation.request;
  const WriteReproducer write = [&](Probe& probe, const FailingPart& part, const auto& directory) {
    return write_minimal_reproducer(request.config, probe, part, directory);
  };
  Progress line;
  std::optional<BuiltDut> tracing;
  if (request.config.explain_files && request.config.explain_ops > 0 &&
      std::ranges::any_of(result.ops, can_explain))
    tracing = build_tracing_design(request.config.dut);
  explain({replay, tracing ? &*tracing : nullptr, explain_folder(request),
           request.config.explain_ops, request.config.explain_files ? write : nullptr},
          {[&](std::size_t done, std::size_t all) {
             line.show(fmt::format("explaining: {} of {} ops", done, all));
           },
           [] { return interrupted(); }},
          result);
  line.clear();
  if (tracing) write_views(request.config, *tracing, simulation.facts, request.out, result.ops);
}

}  // namespace

void simulate(const Simulation& simulation, RunReport& report) {
  const RunRequest& request = simulation.request;
  const IntNetwork& network = simulation.prepared.network();
  const Geometry& geometry = simulation.facts.geometry;
  Plan plan = plan_jobs(network, geometry);
  ImageBeatsOf beats;
  if (simulation.images) beats = simulation.images->beats_of(plan, simulation.golden, geometry);
  ReplaySetup setup{network,
                    simulation.golden,
                    plan,
                    select_jobs(plan, request.op_pattern),
                    simulation.built,
                    geometry,
                    request.config.bench,
                    {request.config.workers, request.out + "/workers"},
                    simulation.earlier,
                    make_coverage_parts(request),
                    stored_of(beats)};
  drop_unfinished(setup.jobs, setup.earlier);
  remove_old_explanations(request);

  Stopwatch watch;
  const VerdictReuse verdicts(setup, request);
  Progress line;
  Checkpoint checkpoint(simulation, report);
  const ReplayHooks hooks = {
      [&](const ReplayProgress& progress) { line.show(describe(progress, watch.seconds())); },
      [] { return interrupted(); },
      [&](const std::function<Replay()>& so_far) { checkpoint(so_far); }};
  Replay result;
  if (request.config.mode == ReplayMode::kChained) {
    ChainedReplay chained = replay_chained(setup, hooks);
    result = std::move(chained.replay);
    report.answers = std::move(chained.answers);
  } else {
    result = replay(setup, hooks);
  }
  line.clear();
  verdicts.keep(result);
  report.seconds.simulate = watch.lap();
  report.seconds.compare = result.compare_seconds;
  report.workers = {result.use.workers, result.use.cpu_seconds, result.use.peak_bytes,
                    result.use.own_bytes};
  // An op with other weights than its network's is no op that could be explained.
  if (request.config.mode == ReplayMode::kIsolated && !result.interrupted && !simulation.images)
    explain_wrong_ops(simulation, setup, result);
  report.seconds.explain = watch.lap();
  spdlog::info("{} ops taken over, the others in {:.2f} s", setup.earlier.size(),
               report.seconds.simulate);
  fill(simulation.prepared, result.ops, result.interrupted, report);
  if (request.coverage) report_coverage(request, report);
  write_rtl_trace(request.rtl_trace(), simulation.golden, std::move(result));
  report.seconds.write = watch.lap();
}

}  // namespace systole
