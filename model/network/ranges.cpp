// ranges.cpp: which integers each tensor of a network can hold.
#include "model/network/ranges.h"

#include <algorithm>
#include <limits>

#include "model/network/overloaded.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "model/ops/int_matmul.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

/// Sums are bounded by 2^62 at most, so that later ranges cannot overflow: a network whose sums
/// pass 32 bits is refused, or wraps.
IntRange symmetric(std::int64_t bound) {
  bound = std::min(bound, std::int64_t{1} << 62);
  return {-bound, bound};
}

/// Parts above cannot be joined in 32 bits.
constexpr std::int64_t kJoined = std::int64_t{1} << 32;

IntRange hull(const IntRange& a, const IntRange& b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

IntRange minus(const IntRange& x, std::int64_t zero_point) {
  return {x.lo - zero_point, x.hi - zero_point};
}

IntRange clamped(const IntRange& x, const IntRange& limits) {
  return {std::clamp(x.lo, limits.lo, limits.hi), std::clamp(x.hi, limits.lo, limits.hi)};
}

/// max |(a - zero_point_a) * (b - zero_point_b)| * depth, at most 2^62.
std::int64_t largest_product(const IntRange& a, std::int64_t zero_point_a, const IntRange& b,
                             std::int64_t zero_point_b, std::int64_t depth) {
  const double bound = static_cast<double>(largest_magnitude(minus(a, zero_point_a))) *
                       static_cast<double>(largest_magnitude(minus(b, zero_point_b))) *
                       static_cast<double>(depth);
  return static_cast<std::int64_t>(std::min(bound, 0x1p62));
}

IntRange range_of(const QuantizeReal& op) {
  if (!op.subtract) return op.range;
  const auto less = [&](std::int32_t zero_point) {
    const IntRange codes = minus(op.range, zero_point);
    return op.clamp_again ? clamped(codes, op.range) : codes;
  };
  if (op.token_zero_points.empty()) return less(op.zero_point);
  IntRange all = less(op.token_zero_points[0]);
  for (const std::int32_t zero_point : op.token_zero_points) all = hull(all, less(zero_point));
  return all;
}

IntRange relu_range(const IntRange& x, std::int64_t zero_point) {
  return {std::max(x.lo, zero_point), std::max(x.hi, zero_point)};
}

}  // namespace

std::int64_t largest_magnitude(const IntRange& range) { return std::max(-range.lo, range.hi); }

IntRange array_operand(const IntConv2d& op, const IntRange& x) {
  const bool is_padded = op.params.window.padding != decltype(op.params.window.padding){};
  return minus(is_padded ? hull(x, {op.params.pad_value, op.params.pad_value}) : x,
               op.input_zero_point);
}

IntRange array_operand(const IntMatmul& op, const IntRange& x) {
  return minus(x, op.input_zero_point);
}

std::int64_t product_depth(const IntOp& op, const Shape& first_operand) {
  const auto* matmul = std::get_if<IntBatchMatmul>(&op);
  return matmul ? first_operand[first_operand.size() - (matmul->transpose_a ? 2 : 1)] : 1;
}

IntRange output_range(const IntOp& op, const std::vector<IntRange>& operands, std::int64_t depth) {
  const IntRange& x = operands[0];
  return std::visit(
      Overloaded{[&](const IntConv2d& conv) {
                   return symmetric(int_conv2d_bound(conv.weight, array_operand(conv, x)));
                 },
                 [&](const IntMatmul& matmul) {
                   return symmetric(int_matmul_bound(matmul.weight, array_operand(matmul, x)));
                 },
                 [](const MulShift&) {
                   // A result beyond 32 bits stops the run.
                   return IntType{.bits = 32}.range();
                 },
                 [](const MulQuant& quant) { return quant.clamp; },
                 [](const IntAdd& add) { return add.quant.clamp; },
                 [&](const IntRelu& relu) { return relu_range(x, relu.zero_point); },
                 [&](const IntMaxPool&) { return x; },
                 [&](const IntSumPool& pool) {
                   return symmetric(sum_pool_bound(pool.window, x, pool.zero_point));
                 },
                 [](const IntAvgPool& pool) { return pool.quant_by_count.begin()->second.clamp; },
                 [&](const IntConcat&) {
                   IntRange all = x;
                   for (const IntRange& operand : operands) all = hull(all, operand);
                   return all;
                 },
                 [&](const IntFlatten&) { return x; },
                 [&](const IntBatchMatmul& matmul) {
                   return symmetric(largest_product(x, matmul.zero_point_a, operands.at(1),
                                                    matmul.zero_point_b, depth));
                 },
                 [&](const IntMul& mul) {
                   return symmetric(
                       largest_product(x, mul.zero_point_a, operands.at(1), mul.zero_point_b, 1));
                 },
                 [&](const IntClamp& clamp) { return clamped(x, clamp.range); },
                 [](const Lookup& lookup) { return value_range(lookup.table); },
                 [](const RoundedAvgPool& pool) { return pool.clamp; },
                 [](const Requantise& requantise) { return requantise.clamp; },
                 [](const RequantiseAdd& add) { return add.clamp; },
                 [](const GemmlowpSoftmax& softmax) { return softmax.clamp; },
                 [](const QuantizeReal& quantize) { return range_of(quantize); },
                 [&](const Pad& pad) {
                   return hull(x, {pad.value, pad.value});
                 },
                 [&](const Reshape&) { return x; },
                 [](const FloatMulShift&) { return IntRange{}; },
                 [](const Dequantize&) { return IntRange{}; },
                 [](const FloatIsland&) { return IntRange{}; },
                 [&](const Transpose&) { return x; },
                 [&](const Slice&) { return x; },
                 [](const RequantiseBlocks& blocks) { return blocks.clamp; },
                 [](const RealSoftmax& softmax) { return softmax.clamp; },
                 [&](const SplitCodes& split) {
                   const IntRange codes = minus(x, split.zero_point);
                   return split.part == CodePart::kHigh ? IntRange{codes.lo >> 8, codes.hi >> 8}
                                                        : IntRange{0, 255};
                 },
                 [&](const JoinSums&) {
                   return symmetric(256 * std::min(largest_magnitude(x), kJoined) +
                                    largest_magnitude(operands.at(1)));
                 },
                 [](const ILayerNorm& norm) { return norm.clamp; },
                 [](const ItaMax& softmax) { return ita_max_range(softmax); },
                 [&](const IGelu& gelu) { return symmetric(i_gelu_bound(gelu, x)); },
                 [&](const IntegerMean&) { return x; },
                 [](const ScoreSoftmax& softmax) {
                   return IntRange{0, softmax.factor};
                 },
                 [](const IntConstant& constant) { return value_range(constant.value); },
                 [&](const Roll&) { return x; }},
      op);
}

Ranges value_ranges(const IntNetwork& network) {
  const Shapes shapes = infer_shapes(network, 1);
  Ranges ranges;
  for (const NetworkInput& input : network.inputs)
    ranges[input.name] = input.is_float ? IntRange{} : input.quantization.type.range();
  for (const IntNode& node : network.nodes) {
    std::vector<IntRange> operands;
    for (const std::string& name : node.inputs) operands.push_back(ranges.at(name));
    ranges[node.name] =
        node.is_float
            ? IntRange{}
            : output_range(node.op, operands, product_depth(node.op, shapes.at(node.inputs[0])));
  }
  return ranges;
}

}  // namespace systole
