// cosimulate.cpp: the steps in data-flow order.
#include "flows/cli/cosimulate.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "flows/cli/inputs.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/prepare.h"
#include "flows/cli/progress.h"
#include "golden/trace.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "sim/bench/bench.h"
#include "sim/dut/builder.h"
#include "sim/dut/error.h"
#include "sim/report/terminal.h"
#include "sim/run/replay.h"

namespace systole {
namespace {

/// Seconds since the last call, or since it was made.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

BuiltDut build(const DutConfig& config, Progress& progress) {
  return build_dut(config, [&](std::string_view step) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("building the design: {}", step));
  });
}

/// A verification run needs the tap: without it the accumulators would go unseen.
void require_tap(const Bench& bench, const RunConfig& config) {
  if (!bench.has_tap())
    throw config.settings.error("dut.parameters.AccTap", "1",
                                "a run compares accumulators through the tap");
}

/// What the design computed, and what it got from the host: the inputs and the host's ops.
Trace rtl_trace(const Trace& golden, const IntNetwork& network, Replay& replay) {
  Trace trace;
  trace.network = golden.network;
  trace.network_hash = golden.network_hash;
  for (const NetworkInput& input : network.inputs)
    add_input(trace, input, golden.tensors.at(input.name));
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const IntNode& node = network.nodes[i];
    if (const auto found = replay.tensors.find(node.name); found != replay.tensors.end())
      add_output(trace, node, std::move(found->second));
    else if (replay.ops[i].engine == Engine::kHost)
      add_output(trace, node, golden.tensors.at(node.name));
  }
  for (TraceEntry& entry : trace.entries)  // Of an op that was skipped there is nothing to name.
    std::erase_if(entry.inputs, [&](const auto& name) { return !trace.tensors.contains(name); });
  return trace;
}

std::string summarise(const Prepared& prepared) {
  const IntNetwork& network = prepared.network();
  std::int64_t macs = 0;
  for (const auto& [op, count] : count_macs(network, infer_shapes(network, 1))) macs += count;
  std::string origin = "integer, ";
  if (prepared.from_float)
    origin = fmt::format("float -> integer, scales within {:.1g}, ", prepared.worst_scale_error);
  if (prepared.lowered)
    origin = fmt::format("lowered but for {} ops, {:.2f} % of the MACs, scales within {:.1g}, ",
                         prepared.host_reasons.size(), prepared.lowered->percent(),
                         prepared.worst_scale_error);
  return fmt::format("{}{} ops, {} MACs per input", origin, network.nodes.size(),
                     with_commas(macs));
}

void describe_golden(const Prepared& prepared, const Trace& golden, const Inputs& inputs,
                     RunReport& report) {
  report.network = golden.network;
  report.summary = summarise(prepared);
  report.network_hash = golden.network_hash;
  report.accuracy = prepared.accuracy;
  report.inputs = inputs.text;
  for (const TraceEntry& entry : golden.entries)
    if (entry.op == "input") report.input_hashes.emplace_back(entry.name, entry.sha256);
}

/// Builds the design, replays the network on it and fills the rest of the report.
void simulate(const RunConfig& config, const std::string& op_pattern, const Prepared& prepared,
              const Trace& golden, const std::string& out, RunReport& report) {
  Stopwatch watch;
  Progress progress;
  const BuiltDut built = build(config.dut, progress);
  report.seconds.build = watch.lap();
  spdlog::info("design {}: {:.2f} s, {}", built.key, report.seconds.build,
               built.cached ? "cached" : "built");
  Bench bench(built, config.bench, interrupted);
  require_tap(bench, config);
  report.dut.key = built.key;
  report.dut.cached = built.cached;
  report.dut.seconds = built.seconds;
  report.dut.rtl_hash = built.rtl_hash;
  report.tools = {{"systole", SYSTOLE_VERSION},
                  {"verilator", built.verilator},
                  {"compiler", built.compiler},
                  {"systemc", Bench::systemc_version()}};
  report.dut.geometry = bench.geometry();
  report.dut.has_poison = bench.can_poison();

  const Plan plan = plan_jobs(prepared.network(), bench.geometry());
  const ReplayHooks hooks = {
      [&](std::size_t done, std::size_t jobs, const std::string& op) {
        progress.show(fmt::format("simulating {}/{}: {}", done + 1, jobs, op));
        spdlog::info("simulating {}/{}: {}", done + 1, jobs, op);
      },
      [] { return interrupted(); }};
  Replay result = replay(prepared.network(), golden, plan, select_jobs(plan, op_pattern),
                         bench.geometry(), bench, hooks);
  for (OpVerdict& op : result.ops) {
    if (const auto found = prepared.sqnr.find(op.name); found != prepared.sqnr.end())
      op.sqnr = found->second;
    const auto reason = prepared.host_reasons.find(op.name);
    if (reason != prepared.host_reasons.end()) op.message = reason->second;
  }
  report.totals = total(result.ops, result.interrupted);
  report.seconds.simulate = watch.lap();
  write_trace(out + "/rtl", rtl_trace(golden, prepared.network(), result));
  report.ops = std::move(result.ops);
}

}  // namespace

RunReport cosimulate(const RunConfig& config, const std::string& op_pattern,
                     const std::string& out) {
  Stopwatch total_watch, watch;
  RunReport report;
  report.config_file = config.file;
  report.config = config.settings.dump();
  report.dut.rtl_directory = config.dut.dir.string();
  report.dut.top = config.dut.top;

  const Prepared prepared = prepare(config, true);
  const Inputs inputs = make_inputs(prepared.network(), prepared.bundle.samples, config.inputs);
  check_pattern(prepared.network(), op_pattern);
  report.seconds.network = watch.lap();
  spdlog::info("network {}: {:.2f} s", prepared.network().name, report.seconds.network);

  const Trace golden = record_golden(prepared, inputs, out);
  report.seconds.golden = watch.lap();
  spdlog::info("golden trace: {:.2f} s, {}/golden", report.seconds.golden, out);
  describe_golden(prepared, golden, inputs, report);

  try {
    simulate(config, op_pattern, prepared, golden, out, report);
  } catch (const SimulationError& error) {
    report.failure = error.what();
    report.totals.state = VerdictState::kFailed;
  }
  report.seconds.total = total_watch.lap();
  return report;
}

}  // namespace systole
