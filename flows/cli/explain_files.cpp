// explain_files.cpp: tile -> matrices -> fewer of them -> directory.
#include "flows/cli/explain_files.h"

#include <fmt/format.h>

#include "flows/cli/reproducer.h"
#include "flows/fuzz/minimise.h"
#include "flows/fuzz/run_case.h"
#include "sim/run/part_matrices.h"

namespace systole {
namespace {

/// A part of a large op takes its time; a run's user waits.
constexpr int kMostTrials = 400;

/// The job's own op, whole.
FuzzOp whole_op(const Probe& probe, const Job& job) {
  FuzzOp op;
  const IntTensor& x = probe.input();
  op.x = {x, narrowest_type(x)};
  if (job.product) op.product = job.product->op;
  if (job.quant) {
    op.quant = job.quant->op;
    op.quant_type = job.quant->output.type;
  }
  if (const IntTensor* residual = probe.residual())
    op.residual = {*residual, narrowest_type(*residual)};
  return op;
}

const IntNode& failing_op(const FailingPart& part) {
  return part.tensor == ProbedTensor::kOutput ? *part.job.quant : *part.job.product;
}

std::string about(const RunConfig& config, const FailingPart& part, const std::string& message) {
  return fmt::format(
      "A part of the op {} of {}, made as small as it still fails.\n\nWhen it was written: {}.",
      failing_op(part).name, config.file, message);
}

}  // namespace

bool write_minimal_reproducer(const RunConfig& config, Probe& probe, const FailingPart& part,
                              const std::filesystem::path& directory) {
  FuzzCase failing;
  failing.bench = config.bench;
  failing.allow_wrap = config.allow_wrap;
  const auto differs = [&](const FuzzCase& candidate) {
    return run_case(candidate, probe.bench()).state == OpState::kMismatch;
  };
  const auto fails_as = [&](const std::optional<FuzzOp>& op) {
    if (!op) return false;
    failing.ops = {*op};
    return is_legal(failing) && differs(failing);
  };
  const auto matrices = matrices_of(probe, part);
  if (!fails_as(matrices ? std::optional(op_of(*matrices)) : std::nullopt) &&
      !fails_as(whole_op(probe, part.job)))
    return false;
  const FuzzCase smallest = minimise(failing, differs, kMostTrials).smallest;
  FuzzNetwork made = network_of(smallest.ops);
  made.network.name = failing_op(part).name;
  write_reproducer(
      directory.string(),
      {std::move(made.network), std::move(made.inputs), config.dut, smallest.bench,
       smallest.allow_wrap, about(config, part, run_case(smallest, probe.bench()).message)});
  return true;
}

}  // namespace systole
