// explain_files.cpp: tile -> matrices -> fewer of them -> directory.
#include "flows/cli/explain_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "flows/cli/reproducer.h"
#include "flows/fuzz/draw_case.h"
#include "flows/fuzz/minimise.h"
#include "flows/fuzz/run_case.h"
#include "model/tensor/atomic_file.h"
#include "sim/report/wave_view.h"
#include "sim/run/part_matrices.h"

namespace systole {
namespace {

/// A part of a large op takes its time; a run's user waits.
constexpr int kMostTrials = 400;

/// Each trial of a hang takes the watchdog's cycles: fewer of both.
constexpr int kMostHangs = 60;

/// The job's own op, whole.
FuzzOp whole_op(const Probe& probe, const Job& job) {
  FuzzOp op;
  const auto operand = [](const IntTensor& tensor) {
    return FuzzOperand{tensor, narrowest_type(tensor)};
  };
  const JobInputs inputs = probe.inputs();
  op.x = operand(inputs.x);
  if (inputs.stationary) op.stationary = operand(*inputs.stationary);
  if (job.product) op.product = job.product->op;
  if (job.quant) {
    op.quant = job.quant->op;
    op.quant_type = job.quant->output.type;
  }
  if (inputs.residual) op.residual = operand(*inputs.residual);
  return op;
}

const IntNode& failing_op(const FailingPart& part) {
  return part.tensor == ProbedTensor::kOutput ? part.job.last() : *part.job.product;
}

std::string about(const RunConfig& config, const FailingPart& part, const std::string& message) {
  return fmt::format(
      "A part of the op {} of {}, made as small as it still fails.\n\nWhen it was written: {}.",
      failing_op(part).name, config.file, message);
}

/// The PE or lane at fault; else where the first wrong value leaves the array, or the lanes.
WaveView view_of(const OpVerdict& op, const DutFacts& facts) {
  const Explanation& explanation = *op.explanation;
  WaveView view;
  view.geometry = facts.geometry;
  view.has_tap = facts.has_tap;
  view.title =
      op.first ? fmt::format("{}: {} of {} elements differ", op.name, op.mismatched, op.compared)
               : fmt::format("{}: {}", op.name, to_string(op.failure.kind));
  view.cycle = explanation.first_cycle;
  view.notes = explanation.evidence;
  if (op.state == OpState::kFailed) {
    view.notes.insert(view.notes.begin(), op.message);
    for (std::uint32_t c = 0; c < kChannelCount; ++c)
      if (op.failure.channel == kChannelNames[c]) view.channel = static_cast<Channel>(c);
  }
  if (op.first) {
    view.notes.insert(view.notes.begin(),
                      fmt::format("first at {}: expected {}, got {}", to_string(op.first->index),
                                  op.first->expected, op.first->got));
    view.place = op.stage == Stage::kMulQuant ? WavePlace::kLane : WavePlace::kPe;
    view.row = explanation.pe_row.value_or(facts.geometry.rows - 1);
    view.column = explanation.pe_column.value_or(op.first->place.column);
  }
  return view;
}

}  // namespace

bool write_minimal_reproducer(const RunConfig& config, Probe& probe, const FailingPart& part,
                              const std::filesystem::path& directory) {
  FuzzCase failing;
  const OpState wrong = part.failure == FailureKind::kNone ? OpState::kMismatch : OpState::kFailed;
  const bool hangs = part.failure == FailureKind::kHang;
  failing.bench = config.bench;
  if (hangs) failing.bench.watchdog = std::min(failing.bench.watchdog, kFuzzWatchdog);
  failing.allow_wrap = config.allow_wrap;
  const auto is_wrong = [&](const FuzzCase& candidate) {
    return run_case(candidate, probe.bench()).state == wrong;
  };
  const auto fails_as = [&](const std::optional<FuzzOp>& op) {
    if (!op) return false;
    failing.ops = {*op};
    return is_legal(failing) && is_wrong(failing);
  };
  const auto matrices = matrices_of(probe, part);
  if (!fails_as(matrices ? std::optional(op_of(*matrices)) : std::nullopt) &&
      !fails_as(whole_op(probe, part.job)))
    return false;
  const FuzzCase smallest = minimise(failing, is_wrong, hangs ? kMostHangs : kMostTrials).smallest;
  FuzzNetwork made = network_of(smallest.ops);
  made.network.name = failing_op(part).name;
  write_reproducer(
      directory.string(),
      {std::move(made.network), std::move(made.inputs), config.dut, smallest.bench,
       smallest.allow_wrap, about(config, part, run_case(smallest, probe.bench()).message)});
  return true;
}

void write_views(const RunConfig& config, const BuiltDut& tracing, const DutFacts& facts,
                 const std::string& directory, std::vector<OpVerdict>& ops) {
  for (OpVerdict& op : ops) {
    if (!op.explanation || op.explanation->wave.empty()) continue;
    const std::filesystem::path wave = std::filesystem::path(directory) / op.explanation->wave;
    WaveView view = view_of(op, facts);
    view.wave = wave.filename();
    view.is_core = config.dut.adapter.empty();
    view.ports = tracing.ports;
    const auto write = [&](const char* ending, const std::string& text) {
      write_file_atomically(std::filesystem::path(wave).replace_extension(ending).string(), text);
    };
    write(".gtkw", gtkwave_view(view));
    write(".sucl", surfer_view(view));
    op.explanation->view =
        std::filesystem::path(op.explanation->wave).replace_extension(".gtkw").string();
  }
}

}  // namespace systole
