// shapes.cpp: the shape of every tensor of a network.
#include "model/network/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "model/network/op_name.h"
#include "model/network/overloaded.h"
#include "model/network/shape_rules.h"
#include "model/ops/window.h"

namespace systole {
namespace {

/// Elements of one tensor: a run holds a few of them at a time.
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;

std::int64_t factors_of(const Requantise& requantise) {
  return static_cast<std::int64_t>(factor_count(requantise.dialect));
}

/// No bias at all stands for one of 0.
std::int64_t biases_of(const Requantise& requantise) {
  return std::max<std::int64_t>(std::ssize(requantise.bias), 1);
}

/// Likewise.
std::int64_t offsets_of(const Requantise& requantise) {
  const auto* scale = std::get_if<DoubleScale>(&requantise.dialect);
  return scale ? std::max<std::int64_t>(std::ssize(scale->offsets), 1) : 1;
}

Shape quantised_shape(const ShapeRules& rules, const MulQuant& quant, const Shape& shape) {
  rules.expect_per_token(shape, quant.tokens, std::ssize(quant.channels), "scale");
  return shape;
}

Shape requantised_shape(const ShapeRules& rules, const Requantise& op) {
  rules.expect_operands(1, op.residual ? 2 : 1);
  const Shape shape = op.residual ? rules.elementwise_pair() : rules.same();
  const auto* scale = std::get_if<DoubleScale>(&op.dialect);
  const std::int64_t tokens = scale ? scale->tokens : 1;
  rules.expect_per_token(shape, tokens, factors_of(op), "factor");
  rules.expect_per_channel(shape.back(), biases_of(op), "bias");
  if (offsets_of(op) != 1) rules.expect_per_token(shape, tokens, offsets_of(op), "offset");
  if (op.residual)
    rules.expect_per_channel(shape.back(), std::ssize(op.residual->factors), "residual_factor");
  return shape;
}

Shape score_softmax_shape(const ShapeRules& rules, const ScoreSoftmax& op) {
  const Shape shape = rules.masked_softmax();
  if (shape.size() < 3)
    throw rules.error(fmt::format("input {}", to_string(shape)), "[batch, ..., queries, keys]");
  const std::int64_t each = shape.back() * shape[shape.size() - 2];
  for (const auto& [count, what] :
       {std::pair(std::ssize(op.scale), "scale"), std::pair(std::ssize(op.bias), "bias")})
    if (count != 1 && count != each)
      throw rules.error(fmt::format("{} {} values", count, what),
                        fmt::format("1 or {}, one per query and key", each));
  if (!op.relative_bias.shape.empty()) rules.add_constant(op.relative_bias.shape, "relative_bias");
  if (!op.window_mask.shape.empty()) rules.add_constant(op.window_mask.shape, "window_mask");
  return shape;
}

Shape constant_shape(const ShapeRules& rules, const IntConstant& op) {
  Shape shape = {rules.same()[0]};
  shape.insert(shape.end(), op.value.shape.begin(), op.value.shape.end());
  return shape;
}

Shape quantised_reals_shape(const ShapeRules& rules, const QuantizeReal& op) {
  const Shape shape = rules.same();
  if (!op.token_factors.empty()) {
    const std::int64_t tokens = std::ssize(op.token_factors);
    rules.expect_per_token(shape, tokens, tokens, "factor");
  }
  return shape;
}

Shape softmax_shape(const ShapeRules& rules) {
  constexpr std::int64_t kMostChannels = 4095;  // Their sum has 12 integer bits.
  const Shape shape = rules.same();
  if (shape.back() > kMostChannels)
    throw rules.error(fmt::format("input {}", to_string(shape)),
                      fmt::format("at most {} channels", kMostChannels));
  return shape;
}

Shape blocks_shape(const ShapeRules& rules, const RequantiseBlocks& op) {
  Shape shape = rules.same();
  if (shape.back() != std::ssize(op.factors))
    throw rules.error(fmt::format("input {}", to_string(shape)),
                      fmt::format("{} channels, one per factor", op.factors.size()));
  shape.back() /= op.blocks;
  rules.expect_per_channel(shape.back(), std::max<std::int64_t>(std::ssize(op.offsets), 1),
                           "offset");
  return shape;
}

/// Of ops whose sums over a row are bounded by its length.
Shape row_shape(const ShapeRules& rules) {
  constexpr std::int64_t kMostChannels = 1 << 20;
  const Shape shape = rules.same();
  if (shape.back() > kMostChannels)
    throw rules.error(fmt::format("input {}", to_string(shape)),
                      fmt::format("at most {} channels", kMostChannels));
  return shape;
}

Shape mean_shape(const ShapeRules& rules, const IntegerMean& mean) {
  const Shape shape = rules.same();
  const int most = static_cast<int>(shape.size()) - 2;
  if (mean.axes.back() > most)
    throw rules.error(fmt::format("axis {}", mean.axes.back()),
                      fmt::format("axes up to {} of input {}", most, to_string(shape)));
  Shape result = integer_mean_shape(shape, mean);
  if (result.size() < 2)
    throw rules.error(fmt::format("a mean over all axes of input {}", to_string(shape)),
                      "an axis that is left", "set keep_axes");
  return result;
}

/// The different numbers of taps that output pixels along `axis` have inside the image.
std::set<std::int64_t> tap_counts(const Window& window, int axis, std::int64_t extent) {
  std::set<std::int64_t> counts;
  for (std::int64_t o = 0; o < output_extent(window, axis, extent); ++o)
    counts.insert(taps_inside(window, axis, o, extent));
  return counts;
}

Shape counted_pool_shape(const ShapeRules& rules, const IntAvgPool& pool) {
  const Shape shape = rules.pool(pool.window);
  const Shape& image = rules.operands[0];
  for (const std::int64_t rows : tap_counts(pool.window, 0, image[1]))
    for (const std::int64_t columns : tap_counts(pool.window, 1, image[2]))
      if (rows * columns > INT32_MAX ||
          !pool.quant_by_count.contains(static_cast<int>(rows * columns)))
        throw rules.error(fmt::format("no constants for a window of {} pixels", rows * columns),
                          "constants for every count of pixels that occurs");
  for (const auto& [count, quant] : pool.quant_by_count) quantised_shape(rules, quant, shape);
  return shape;
}

Shape apply_rules(const ShapeRules& rules, const IntOp& op) {
  const auto mul_quant = [&](const MulQuant& quant) {
    rules.expect_operands(1, 2);
    const bool has_residual = rules.operands.size() == 2;
    return quantised_shape(rules, quant, has_residual ? rules.elementwise_pair() : rules.same());
  };
  const auto mul_shift = [&](const MulShift& shift) {
    const Shape shape = rules.same();
    rules.expect_per_channel(shape.back(), std::ssize(shift.channels), "scale");
    return shape;
  };
  return std::visit(
      Overloaded{
          [&](const IntConv2d& conv) {
            return rules.conv2d(conv.params.window, conv.params.groups, conv.weight.shape);
          },
          [&](const IntMatmul& matmul) { return rules.matmul(matmul.weight.shape); },
          mul_shift,
          mul_quant,
          [&](const IntAdd& add) {
            return quantised_shape(rules, add.quant, rules.elementwise_pair());
          },
          [&](const IntRelu&) { return rules.same(); },
          [&](const IntMaxPool& pool) { return rules.pool(pool.window); },
          [&](const IntSumPool& pool) { return rules.pool(pool.window); },
          [&](const IntAvgPool& pool) { return counted_pool_shape(rules, pool); },
          [&](const IntConcat&) { return rules.concat(); },
          [&](const IntFlatten&) { return rules.flatten(); },
          [&](const IntBatchMatmul& matmul) {
            return rules.batch_matmul(matmul.transpose_a, matmul.transpose_b);
          },
          [&](const IntMul&) { return rules.elementwise_pair(); },
          [&](const IntClamp&) { return rules.same(); },
          [&](const Lookup&) { return rules.same(); },
          [&](const RoundedAvgPool& pool) { return rules.pool(pool.window); },
          [&](const Requantise& requantise) { return requantised_shape(rules, requantise); },
          [&](const RequantiseAdd&) { return rules.elementwise_pair(); },
          [&](const GemmlowpSoftmax&) { return softmax_shape(rules); },
          [&](const QuantizeReal& quantize) { return quantised_reals_shape(rules, quantize); },
          [&](const FloatMulShift& shift) {
            const Shape shape = rules.same();
            rules.expect_per_token(shape, shift.tokens, std::ssize(shift.scale), "scale");
            rules.expect_per_token(shape, shift.tokens, std::ssize(shift.bias), "bias");
            return shape;
          },
          [&](const Pad& pad) { return rules.pad(pad.amounts); },
          [&](const Reshape& reshape) { return rules.reshape(reshape.shape); },
          [&](const Dequantize&) { return rules.same(); },
          [&](const FloatIsland& island) { return apply_rules(rules, island.op); },
          [&](const Transpose& transpose) { return rules.transpose(transpose.order); },
          [&](const Slice& slice) { return rules.slice(slice.axes); },
          [&](const RequantiseBlocks& blocks) { return blocks_shape(rules, blocks); },
          [&](const RealSoftmax& softmax) {
            return softmax.rule == SoftmaxRule::kTimes ? rules.masked_softmax() : rules.same();
          },
          [&](const SplitCodes&) { return rules.same(); },
          [&](const JoinSums&) { return rules.elementwise_pair(); },
          [&](const ILayerNorm& norm) {
            const Shape shape = row_shape(rules);
            rules.expect_per_channel(shape.back(), norm.weight.size(), "weight");
            rules.expect_per_channel(shape.back(), norm.bias.size(), "bias");
            return shape;
          },
          [&](const ItaMax&) { return row_shape(rules); },
          [&](const IGelu&) { return rules.same(); },
          [&](const IntegerMean& mean) { return mean_shape(rules, mean); },
          [&](const ScoreSoftmax& softmax) { return score_softmax_shape(rules, softmax); },
          [&](const IntConstant& constant) { return constant_shape(rules, constant); },
          [&](const Roll& roll) { return rules.roll(roll.shift); }},
      op);
}

template <class Op>
Shape checked_shape(const Node<Op>& node, const std::vector<Shape>& operands,
                    const Location& where) {
  const ShapeRules rules{fmt::format("{} ({})", node.name, op_name(node.op)), where, operands};
  Shape shape = apply_rules(rules, node.op);
  std::int64_t room = kMostElements;
  for (const std::int64_t extent : shape) room /= std::max<std::int64_t>(extent, 1);
  if (room < 1)
    throw rules.error(fmt::format("output {}", to_string(shape)),
                      fmt::format("at most {} elements", kMostElements));
  return shape;
}

template <class Op>
Shapes infer(const Graph<Op>& network, std::int64_t batch) {
  Shapes shapes;
  for (const NetworkInput& input : network.inputs) {
    Shape& shape = shapes[input.name] = {batch};
    shape.insert(shape.end(), input.shape.begin(), input.shape.end());
  }
  for (const Node<Op>& node : network.nodes) {
    std::vector<Shape> operands;
    for (const std::string& name : node.inputs) operands.push_back(shapes.at(name));
    shapes[node.name] = checked_shape(node, operands, {});
  }
  return shapes;
}

}  // namespace

Shapes infer_shapes(const FloatNetwork& network, std::int64_t batch) {
  return infer(network, batch);
}
Shapes infer_shapes(const IntNetwork& network, std::int64_t batch) { return infer(network, batch); }

Shape output_shape(const FloatNode& node, const std::vector<Shape>& operands,
                   const Location& where) {
  return checked_shape(node, operands, where);
}
Shape output_shape(const IntNode& node, const std::vector<Shape>& operands, const Location& where) {
  return checked_shape(node, operands, where);
}

}  // namespace systole
