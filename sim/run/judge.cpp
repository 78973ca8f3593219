// judge.cpp: folds, compares, merges.
#include "sim/run/judge.h"

#include "model/network/op_name.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"

namespace systole {
namespace {

std::int64_t batch_of(const IntNetwork& network, const Trace& golden) {
  return shape_of(golden.tensors.at(network.inputs[0].name))[0];
}

/// The verdict of one tensor: counts where it is whole, even when the job failed.
OpVerdict judge_tensor(const IntTensor& golden, std::span<const std::int32_t> got,
                       const JobEnd& end, std::int64_t extra, const PlaceOf& place_of) {
  OpVerdict verdict;
  if (end.complete) check_tensor(golden, got, extra, place_of, verdict);
  if (end.status != JobStatus::kDone) {
    verdict.state = OpState::kFailed;
    verdict.failure = end.failure;
    verdict.message = end.message;
  }
  return verdict;
}

}  // namespace

void fill(const OpVerdict& verdict, OpVerdict& row) {
  row.state = verdict.state;
  row.compared = verdict.compared;
  row.mismatched = verdict.mismatched;
  row.first = verdict.first;
  row.stage = verdict.stage;
  row.message = verdict.message;
  row.failure = verdict.failure;
}

JobEnd fold(std::span<const JobEnd> units) {
  JobEnd whole;
  whole.complete = true;
  for (const JobEnd& unit : units) {
    whole.cycles += unit.cycles;
    whole.extra_beats += unit.extra_beats;
    whole.complete = whole.complete && unit.complete;
    if (whole.status != JobStatus::kDone || unit.status == JobStatus::kDone) continue;
    whole.status = unit.status;
    whole.message = unit.message;
    whole.failure = unit.failure;
  }
  return whole;
}

JobVerdict judge(const Job& job, const JobEnd& end, const JobTensors& tensors, const Trace& golden,
                 const Geometry& geometry, const PlaceOf& place_of) {
  const auto golden_of = [&](const IntNode* node) -> const IntTensor& {
    return integers(golden.tensors.at(node->name));
  };
  const auto copy = [](std::span<const std::int32_t> from, const Shape& shape) {
    return IntTensor(shape, {from.begin(), from.end()});
  };
  const std::int64_t extra = static_cast<std::int64_t>(end.extra_beats) * geometry.cols;
  JobVerdict verdict;
  verdict.cycles = end.cycles;
  if (job.product) {
    const IntTensor& expected = golden_of(job.product);
    verdict.product =
        judge_tensor(expected, tensors.accumulators, end, job.quant ? 0 : extra, place_of);
    if (verdict.product->state != OpState::kMatch)
      verdict.accumulators = copy(tensors.accumulators, expected.shape);
    if (verdict.product->state == OpState::kMismatch) verdict.product->stage = Stage::kAccumulator;
  }
  if (job.quant) {
    const IntTensor& expected = golden_of(job.quant);
    verdict.quant = judge_tensor(expected, tensors.output, end, extra, place_of);
    if (verdict.quant->state != OpState::kMatch)
      verdict.output = copy(tensors.output, expected.shape);
    if (verdict.quant->state == OpState::kMismatch) {
      const auto& inputs = job.quant->inputs;
      const IntTensor* accumulators = nullptr;
      if (job.product)
        accumulators = verdict.accumulators ? &*verdict.accumulators : &golden_of(job.product);
      verdict.quant->stage = find_stage(
          expected, *verdict.output, accumulators,
          inputs.size() > 1 ? &integers(golden.tensors.at(inputs[1])) : nullptr, job.quant->op);
    }
  }
  return verdict;
}

Rows blank_rows(const IntNetwork& network, const Trace& golden, const Plan& plan) {
  const auto macs = count_macs(network, infer_shapes(network, batch_of(network, golden)));
  Rows rows;
  for (const IntNode& node : network.nodes) {
    OpVerdict& row = rows[node.name];
    row.name = node.name;
    row.op = op_name(node.op);
    row.engine = Engine::kRtl;
    row.shape = shape_of(golden.tensors.at(node.name));
    row.macs = macs.at(node.name);
  }
  for (const HostOp& host : plan.host) {
    OpVerdict& row = rows[host.node->name];
    row.engine = Engine::kHost;
    row.state = OpState::kHost;
    row.message = host.reason;
  }
  return rows;
}

bool add(const Job& job, const JobVerdict& verdict, const Geometry& geometry, Rows& rows) {
  bool is_of_product = false;
  if (job.product) {
    OpVerdict& row = rows.at(job.product->name);
    is_of_product = row.state == OpState::kSkipped || row.state == OpState::kMatch;
    if (is_of_product) fill(*verdict.product, row);
  }
  if (job.quant) fill(*verdict.quant, rows.at(job.quant->name));
  OpVerdict& timed = rows.at(job.product ? job.product->name : job.quant->name);
  timed.cycles += verdict.cycles;
  timed.predicted += verdict.predicted;
  if (timed.cycles && timed.state != OpState::kFailed)
    timed.utilisation = static_cast<double>(timed.macs) /
                        (static_cast<double>(timed.cycles) * geometry.rows * geometry.cols);
  return is_of_product;
}

}  // namespace systole
