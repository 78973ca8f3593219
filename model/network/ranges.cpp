// ranges.cpp: which integers each tensor of a network can hold.
#include "model/network/ranges.h"

#include <algorithm>
#include <limits>

#include "model/network/overloaded.h"
#include "model/ops/int_matmul.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

IntRange symmetric(std::int64_t bound) { return {-bound, bound}; }

IntRange hull(const IntRange& a, const IntRange& b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

IntRange relu_range(const IntRange& x, std::int64_t zero_point) {
  return {std::max(x.lo, zero_point), std::max(x.hi, zero_point)};
}

}  // namespace

std::int64_t largest_magnitude(const IntRange& range) { return std::max(-range.lo, range.hi); }

IntRange with_padding(const IntConv2d& op, const IntRange& x) {
  const bool is_padded = op.params.window.padding != decltype(op.params.window.padding){};
  return is_padded ? hull(x, {op.params.pad_value, op.params.pad_value}) : x;
}

IntRange output_range(const IntOp& op, const std::vector<IntRange>& operands) {
  const IntRange& x = operands[0];
  return std::visit(
      Overloaded{
          [&](const IntConv2d& conv) {
            return symmetric(int_conv2d_bound(conv.weight, with_padding(conv, x)));
          },
          [&](const IntMatmul& matmul) { return symmetric(int_matmul_bound(matmul.weight, x)); },
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
          [&](const IntFlatten&) { return x; }},
      op);
}

Ranges value_ranges(const IntNetwork& network) {
  Ranges ranges;
  for (const NetworkInput& input : network.inputs)
    ranges[input.name] = input.quantization.type.range();
  for (const IntNode& node : network.nodes) {
    std::vector<IntRange> operands;
    for (const std::string& name : node.inputs) operands.push_back(ranges.at(name));
    ranges[node.name] = output_range(node.op, operands);
  }
  return ranges;
}

}  // namespace systole
