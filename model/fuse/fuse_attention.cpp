// fuse_attention.cpp: products of two activations, and the softmax between two of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/fuse/fuser.h"
#include "model/network/ranges.h"
#include "model/ops/add_constant.h"

namespace systole {
namespace {

/// The chain's scale, 1 where it has none.
double scale_of(const Group& group) {
  const auto* scale = group.chain.empty() ? nullptr : std::get_if<Scale>(&group.chain[0]->op);
  return scale == nullptr ? 1 : static_cast<double>(scale->factor);
}

/// The sum of the chain's constants over the shape of the scores; empty where there is none.
FloatTensor constants_of(const Group& group, const Shape& scores) {
  FloatTensor sum;
  for (const FloatNode* node : group.chain) {
    const auto* constant = std::get_if<AddConstant>(&node->op);
    if (constant == nullptr) continue;
    if (sum.shape.empty()) sum = FloatTensor(scores);
    sum = add_constant(sum, constant->value);
  }
  return sum;
}

/// Beyond this many times the largest score a constant decides alone.
constexpr double kDeciding = 4;

/// The constants as codes of 16 bits. What is so low that the sum is the lowest code whatever is
/// added need not be lower, and would take the others' precision.
CodedConstant encode_constants(const FloatTensor& values, double largest_score) {
  constexpr std::int32_t kMost = 32767;
  const double bound = kDeciding * largest_score;
  double largest = 0;
  const auto bounded = [&](float value) {
    return std::clamp(static_cast<double>(value), -bound, bound);
  };
  for (const float value : values.data) largest = std::max(largest, std::abs(bounded(value)));
  CodedConstant result{.codes = IntTensor(values.shape), .step = largest > 0 ? largest / kMost : 1};
  for (std::int64_t i = 0; i < values.size(); ++i)
    result.codes[i] = static_cast<std::int32_t>(std::nearbyint(bounded(values[i]) / result.step));
  return result;
}

}  // namespace

void Fuser::emit_batch_matmul(const Group& group, const BatchMatmul& op) {
  const FloatNode& head = *group.head;
  const Coded a = operand(head, 0), b = operand(head, 1);
  IntBatchMatmul product{.transpose_a = op.transpose_a,
                         .transpose_b = op.transpose_b,
                         .zero_point_a = a.quantization.zero_point,
                         .zero_point_b = b.quantization.zero_point};
  const std::int64_t depth = product_depth(product, shapes_.at(head.inputs[0]));
  std::vector<Coded> operands = {append(head.name, {a, b}, product, {}, depth)};
  OperandBounds bounds{.acc = largest_magnitude(operands[0].range)};
  const CodeTarget output = token_target_of(group.tail().name);
  RealChannel real{.scale = scale_of(group) * a.quantization.scale * b.quantization.scale};
  if (const auto constant = emit_constant(group, a)) {
    operands.push_back(*constant);
    bounds.residual = largest_magnitude(constant->range);
    real.residual_scale = constant->quantization.scale;
  }
  std::vector<RealChannel> reals(constant_rows(head, operands[0], output), real);
  for (std::size_t row = 0; row < reals.size(); ++row) {
    reals[row].scale /= output.step(row);
    reals[row].residual_scale /= output.step(row);
  }
  const std::string name = head.name + ".quant";
  MulQuant quant = make_quant(name, reals, bounds, output, group.relu_op());
  quant.tokens = static_cast<std::int64_t>(reals.size());
  define(group, append_quant(name, operands, std::move(quant), output));
}

std::optional<Coded> Fuser::emit_constant(const Group& group, const Coded& batch) {
  Shape shape = shapes_.at(group.head->name);
  const FloatTensor values = constants_of(group, shape);
  if (values.shape.empty()) return {};
  const CodeTarget output = target_of(group);
  const double largest =
      output.quantization.scale * static_cast<double>(largest_magnitude(output.codes));
  CodedConstant constant = encode_constants(values, largest);
  shape.erase(shape.begin());
  constant.codes.shape = shape;
  const auto node = std::find_if(
      group.chain.begin(), group.chain.end(),
      [](const FloatNode* member) { return std::holds_alternative<AddConstant>(member->op); });
  return append((*node)->name, {batch}, IntConstant{.value = std::move(constant.codes)},
                {.scale = constant.step, .type = {16, true}});
}

void Fuser::emit_softmax(const Group& group) {
  std::vector<Coded> operands = {operand(*group.head, 0)};
  const CodeTarget output = target_of(group);
  const Quantization& p = output.quantization;
  const std::int64_t factor = std::llround(1 / p.scale);
  const bool is_times = p.scale == 1.0 / static_cast<double>(factor) && p.zero_point == 0 &&
                        factor <= output.codes.hi;
  RealSoftmax softmax{.rule = is_times ? SoftmaxRule::kTimes : SoftmaxRule::kDouble,
                      .operand_scale = operands[0].quantization.scale,
                      .zero_point = p.zero_point,
                      .clamp = is_times ? IntRange{0, factor} : output.codes};
  if (is_times)
    softmax.factor = static_cast<double>(factor);
  else
    softmax.output_scale = p.scale;
  if (!group.chain.empty()) {
    operands.push_back(operand(*group.head, 1));
    expect_mask(group, operands[1], is_times);
  }
  const std::string& name = group.tail().name;
  define(group, append(name, operands, softmax, p));
}

void Fuser::expect_mask(const Group& group, const Coded& mask, bool is_times) const {
  const Quantization& q = mask.quantization;
  if (q.scale != 1 || q.zero_point != 0 || mask.range.lo < 0 || mask.range.hi > 1)
    throw InputError({.key = group.head->inputs[1],
                      .got = fmt::format("codes {} to {}, scale {}, zero point {}", mask.range.lo,
                                         mask.range.hi, q.scale, q.zero_point),
                      .expected = "0 or 1 as the mask of " + group.head->name,
                      .hint = "give the input type uint1"});
  if (!is_times)
    throw InputError({.key = group.tail().name,
                      .got = "a quantizer of its own behind masked scores",
                      .expected = "probabilities from 0 to a factor of 256 at most",
                      .hint = "leave its quantizer to probability_factor"});
}

}  // namespace systole
