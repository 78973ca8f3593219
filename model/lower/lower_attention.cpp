// lower_attention.cpp: attention: products of two activations, and the scores between them.
#include <fmt/format.h>

#include <cmath>

#include "model/lower/lowering.h"
#include "model/network/ranges.h"
#include "model/ops/add_constant.h"

namespace systole {
namespace {

constexpr IntType kScores = {.bits = 16};
/// A key that is left out lies this far below the others: 65535 e^-24 rounds to 0.
constexpr double kMasked = 24;

/// What is added to the scores [.., q, k] of one item; empty where nothing is.
Tensor<double> addend_of(const ScoreSoftmax& op, const Shape& item) {
  Tensor<double> sum;
  for (const FloatTensor* addend : {&op.relative_bias, &op.window_mask}) {
    if (addend->shape.empty()) continue;
    if (sum.shape.empty()) sum = Tensor<double>(item);
    const std::vector<std::int64_t> from = broadcast_indices(addend->shape, item);
    for (std::int64_t i = 0; i < sum.size(); ++i)
      sum[i] += static_cast<double>((*addend)[from[static_cast<std::size_t>(i)]]);
  }
  return sum;
}

}  // namespace

Codes Lowering::centred(const Codes& x, std::int32_t zero_point) {
  if (zero_point == 0) return x;
  const auto [place, is_new] = centred_.try_emplace({x.name, zero_point});
  if (is_new) {
    const IntRange range = {x.range.lo - zero_point, x.range.hi - zero_point};
    const MulQuant less{.channels = {{.scale = 1, .bias = -std::int64_t{zero_point}}},
                        .clamp = range};
    const std::string name = names_.contains(x.name + ".centred")
                                 ? fmt::format("{}.{}.centred", x.name, zero_point)
                                 : x.name + ".centred";
    place->second = append(name, {x}, less, {.scale = x.quantization.scale, .type = {.bits = 9}});
  }
  return place->second;
}

void Lowering::visit_batch_matmul(const IntNode& node, IntBatchMatmul op) {
  std::array<Codes, 2> x = {codes(node.inputs[0]), codes(node.inputs[1])};
  const std::array<std::int32_t*, 2> zero_points = {&op.zero_point_a, &op.zero_point_b};
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!fits_array({x[i].range.lo - *zero_points[i], x[i].range.hi - *zero_points[i]}))
      return keep(node, fmt::format("{} needs more than the array's 9 bits", node.inputs[i]));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = centred(x[i], *zero_points[i]);
    *zero_points[i] = 0;
  }
  const std::int64_t depth = product_depth(op, shapes_.at(node.inputs[0]));
  define(node.name, append(node.name, {x[0], x[1]}, op, node.output, depth));
  explain(node.name, SameCodes{});
}

void Lowering::visit_score_softmax(const IntNode& node, const ScoreSoftmax& op) {
  const Codes& sums = codes(node.inputs[0]);
  const Shape& shape = shapes_.at(node.inputs[0]);
  const Tensor<double> addend = addend_of(op, {shape.begin() + 1, shape.end()});
  // Twice what calibration met, and room below for keys that are left out.
  const double largest = 2 * peak_of(node.name) + (op.window_mask.shape.empty() ? 0 : kMasked);
  const auto hi = static_cast<double>(kScores.range().hi);
  const double step = (largest > 0 ? largest : 1) / hi;
  const Quantization scores{.scale = step, .type = kScores};

  const bool per_score = op.scale.size() > 1 || op.bias.size() > 1;
  const std::vector<double> scale = scaled(op.scale, op.shift), bias = scaled(op.bias, op.shift);
  std::vector<RealChannel> channels(std::max(scale.size(), bias.size()));
  for (std::size_t i = 0; i < channels.size(); ++i)
    channels[i] = {.scale = of_channel(scale, i) / step,
                   .bias = of_channel(bias, i) / step,
                   .residual_scale = addend.shape.empty() ? 0.0 : 1.0};
  std::vector<Codes> operands = {sums};
  if (!addend.shape.empty()) {
    IntConstant constant{.value = IntTensor(addend.shape)};
    for (std::int64_t i = 0; i < addend.size(); ++i)
      constant.value[i] = quantize(addend[i], scores);
    operands.push_back(append(node.name + ".addend", {sums}, std::move(constant), scores));
  }
  const Codes* residual = operands.size() > 1 ? &operands[1] : nullptr;
  MulQuant quant = make_quant(node.name + ".scores", channels, bounds_of(sums, residual),
                              {.clamp = kScores.range()});
  if (per_score) quant.tokens = shape[shape.size() - 2];
  std::vector<Codes> scored = {append(node.name + ".scores", operands, std::move(quant), scores)};
  if (node.inputs.size() > 1) scored.push_back(codes(node.inputs[1]));
  const RealSoftmax softmax{.rule = SoftmaxRule::kTimes,
                            .operand_scale = step,
                            .clamp = {0, op.factor},
                            .factor = static_cast<double>(op.factor)};
  define(node.name, append(node.name, scored, softmax, node.output));
  explain(node.name, SameCodes{});
}

}  // namespace systole
