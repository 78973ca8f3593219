// cosimulate.cpp: the steps in data-flow order.
#include "flows/cli/cosimulate.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "flows/cli/inputs.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/prepare.h"
#include "flows/cli/progress.h"
#include "flows/cli/resume.h"
#include "flows/cli/simulate.h"
#include "flows/cli/stopwatch.h"
#include "golden/trace.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "model/tensor/atomic_file.h"
#include "sim/bench/bench.h"
#include "sim/dut/builder.h"
#include "sim/dut/error.h"
#include "sim/report/json.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

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

void describe_golden(const Prepared& prepared, const Trace& golden, const std::string& inputs,
                     RunReport& report) {
  report.network = golden.network;
  report.summary = summarise(prepared);
  report.network_hash = golden.network_hash;
  report.accuracy = prepared.accuracy;
  report.inputs = inputs;
  for (const TraceEntry& entry : golden.entries)
    if (entry.op == "input") report.input_hashes.emplace_back(entry.name, entry.sha256);
}

Trace make_golden(const Prepared& prepared, const RunConfig& config, const std::string& out,
                  std::string& text) {
  const Inputs inputs = make_inputs(prepared.network(), prepared.bundle.samples, config.inputs);
  text = inputs.text;
  return record_golden(prepared, inputs, out);
}

/// The export's own, a copy of which is in the results as always.
Trace read_golden(const ImageRun& images, const std::string& out, std::string& text) {
  Trace golden = images.golden();
  text = images.description();
  write_bundle(out + "/network", images.prepared().bundle);
  write_trace(out + "/golden", golden);
  return golden;
}

void describe_design(const BuiltDut& built, const DutFacts& facts, RunReport& report) {
  report.dut.key = built.key;
  report.dut.cached = built.cached;
  report.dut.seconds = built.seconds;
  report.dut.rtl_hash = built.rtl_hash;
  report.dut.geometry = facts.geometry;
  report.dut.has_poison = facts.can_poison;
  report.tools = {{"systole", SYSTOLE_VERSION},
                  {"verilator", built.verilator},
                  {"compiler", built.compiler},
                  {"systemc", Bench::systemc_version()}};
}

/// Each op of a chained run needs all that went before in the same run.
void check_mode(const RunRequest& request) {
  if (request.config.mode == ReplayMode::kIsolated) return;
  const char* option = request.resume ? "--resume" : request.op_pattern.empty() ? "" : "--op";
  if (*option != '\0')
    throw request.config.settings.error("mode", std::string("isolated, with ") + option,
                                        "a chained run simulates all ops in one go");
}

const char* purpose_of(Instrument instrument) {
  switch (instrument) {
    case Instrument::kNone:
      return "";
    case Instrument::kTrace:
      return " for waveforms";
    case Instrument::kCoverage:
      return " for coverage";
  }
  return "";
}

/// Builds the design, replays the network on it and fills the rest of the report.
void build_and_simulate(const RunRequest& request, const Prepared& prepared, const Trace& golden,
                        const std::optional<EarlierVerdict>& earlier, const ImageRun* images,
                        RunReport& report) {
  Stopwatch watch;
  const BuiltDut built = build_design(request.config.dut);
  const DutFacts facts = read_facts(built);
  report.seconds.build = watch.lap();
  spdlog::info("design {}: {:.2f} s, {}", built.key, report.seconds.build,
               built.cached ? "cached" : "built");
  describe_design(built, facts, report);
  // A verification run needs the tap: without it the accumulators would go unseen.
  if (!facts.has_tap)
    throw request.config.settings.error("dut.parameters.AccTap", "1",
                                        "a run compares accumulators through the tap");
  EarlierOps taken_over;
  if (earlier) {
    check_same_run(*earlier, report);
    taken_over = take_over(*earlier, request.rtl_trace(), golden);
  }
  simulate({request, prepared, golden, built, facts, std::move(taken_over), images}, report);
}

}  // namespace

BuiltDut build_design(const DutConfig& config) {
  Progress progress;
  return build_dut(config, [&](std::string_view step) {
    if (interrupted()) throw Interrupted{};
    progress.show(fmt::format("building the design{}: {}", purpose_of(config.instrument), step));
  });
}

void write_verdict(const RunRequest& request, const RunReport& report) {
  write_file_atomically(request.verdict_file(), to_json(report));
}

RunReport cosimulate(const RunRequest& request) {
  Stopwatch total_watch, watch;
  const RunConfig& config = request.config;
  RunReport report;
  report.config_file = config.file;
  report.directory = request.out;
  report.config = config.settings.dump();
  report.is_stalled = config.bench.stall_rate > 0;
  report.op_pattern = request.op_pattern;
  report.dut.rtl_directory = config.dut.dir.string();
  report.dut.top = config.dut.top;
  std::optional<EarlierVerdict> earlier;
  check_mode(request);
  if (request.resume) {
    earlier = read_verdict(request.verdict_file());
    check_same_run(*earlier, report);
  }

  std::optional<ImageRun> images;
  if (!request.images.empty()) images.emplace(request.images);
  const Prepared prepared = images ? images->prepared() : prepare(config, true);
  check_pattern(prepared.network(), request.op_pattern);
  report.seconds.network = watch.lap();
  spdlog::info("network {}: {:.2f} s", prepared.network().name, report.seconds.network);

  std::string inputs_text;
  const Trace golden = images ? read_golden(*images, request.out, inputs_text)
                              : make_golden(prepared, config, request.out, inputs_text);
  report.seconds.golden = watch.lap();
  spdlog::info("golden trace: {:.2f} s, {}/golden", report.seconds.golden, request.out);
  describe_golden(prepared, golden, inputs_text, report);
  if (earlier) check_same_run(*earlier, report);

  try {
    build_and_simulate(request, prepared, golden, earlier, images ? &*images : nullptr, report);
  } catch (const SimulationError& error) {
    report.failure = error.what();
    report.totals.state = VerdictState::kFailed;
  }
  report.seconds.total = total_watch.lap();
  write_verdict(request, report);
  return report;
}

}  // namespace systole
