// check.cpp: equality, and one step of localisation.
#include "sim/check/check.h"

#include <algorithm>
#include <cassert>

#include "model/tensor/compare.h"

namespace systole {
namespace {

IntTensor rescale(const IntTensor& accumulators, const IntTensor* residual, const IntOp& op) {
  if (const auto* requantised = std::get_if<Requantise>(&op))
    return requantise(accumulators, *requantised);
  const auto* add = std::get_if<IntAdd>(&op);
  return mul_quant(accumulators, residual, add ? add->quant : std::get<MulQuant>(op));
}

}  // namespace

void check_tensor(const IntTensor& golden, std::span<const std::int32_t> got, std::int64_t extra,
                  const PlaceOf& place_of, OpVerdict& op) {
  assert(golden.data.size() == got.size());
  Comparison comparison{.compared = golden.size()};
  if (!std::equal(got.begin(), got.end(), golden.data.begin()))
    comparison = compare_tensors(golden, IntTensor(golden.shape, {got.begin(), got.end()}));
  op.compared = comparison.compared;
  op.mismatched = comparison.mismatched + extra;
  if (comparison.mismatched > 0)
    op.first = Difference{unravel(comparison.first, golden.shape),
                          static_cast<std::int32_t>(comparison.expected),
                          static_cast<std::int32_t>(comparison.got), place_of(comparison.first)};
  op.state = op.mismatched == 0 && op.compared > 0 ? OpState::kMatch : OpState::kMismatch;
}

Stage find_stage(const IntTensor& golden, const IntTensor& got, const IntTensor* accumulators,
                 const IntTensor* residual, const IntOp& quant) {
  if (golden.data == got.data) return Stage::kNone;
  if (!accumulators) return Stage::kMulQuant;
  return rescale(*accumulators, residual, quant).data == got.data ? Stage::kAccumulator
                                                                  : Stage::kMulQuant;
}

}  // namespace systole
