// fuse_linear.cpp: convolutions and matrix products with batch norm, addition and ReLU.
#include <fmt/format.h>

#include <cmath>

#include "model/config/error.h"
#include "model/fuse/fold_norm.h"
#include "model/fuse/fuser.h"
#include "model/network/ranges.h"
#include "model/quant/grouping.h"

namespace systole {
namespace {

std::vector<std::int64_t> column_sums(const IntTensor& weight) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(weight.channels()));
  for (std::int64_t i = 0; i < weight.size(); ++i)
    sums[static_cast<std::size_t>(i % weight.channels())] += weight[i];
  return sums;
}

/// The weight's codes less their zero points, of which one may be per channel.
IntTensor centred(const EncodedWeight& weight) {
  code_range(weight.encoding);  // Refuses float formats.
  IntTensor codes = weight.codes;
  const Grouping grouping = check_encoding(weight.encoding, codes.shape);
  for_each_element(grouping, [&](std::int64_t element, std::int64_t g) {
    codes[element] -= weight.encoding.zero_point[g];
  });
  return codes;
}

/// Δ of every output channel. Scales that differ within a channel have no place in a sum.
std::vector<double> channel_scales(const EncodedWeight& weight, std::int64_t channels) {
  const Grouping grouping = check_encoding(weight.encoding, weight.codes.shape);
  for (std::size_t axis = 0; axis + 1 < grouping.extents.size(); ++axis)
    if (grouping.blocks[axis] != grouping.extents[axis])
      throw InputError(
          {.key = weight.encoding.name,
           .got = fmt::format("scales along axis {} of {}", axis, to_string(grouping.extents)),
           .expected = "scales per tensor or per output channel (the last axis) on "
                       "the integer path",
           .hint = "other granularities are for the fake-quant path"});
  const Tensor<double> all = steps(weight.encoding);
  std::vector<double> scales(static_cast<std::size_t>(channels));
  for (std::int64_t c = 0; c < channels; ++c)
    scales[static_cast<std::size_t>(c)] = all[c / grouping.blocks.back() * grouping.strides.back()];
  return scales;
}

}  // namespace

Coded Fuser::emit_product(const Group& group, const Coded& x, const IntTensor& codes) {
  const FloatNode& head = *group.head;
  if (const auto* conv = std::get_if<Conv2d>(&head.op)) {
    IntConv2d op{.params = conv->params, .weight = codes};
    op.params.pad_value = x.quantization.zero_point;
    return append(head.name, {x}, std::move(op));
  }
  return append(head.name, {x}, IntMatmul{.weight = codes});
}

void Fuser::emit_linear(const Group& group, const FloatTensor& bias) {
  const FloatNode& head = *group.head;
  const bool is_matmul = std::holds_alternative<Linear>(head.op);
  const Coded x = is_matmul ? token_operand(head, 0) : operand(head, 0);
  const EncodedWeight& weight = encoded_.weights.at(head.name);
  const IntTensor codes = centred(weight);
  const std::vector<double> scales = channel_scales(weight, codes.channels());
  const std::vector<std::int64_t> sums = column_sums(codes);
  std::vector<Coded> operands = {emit_product(group, x, codes)};
  OperandBounds bounds{.acc = largest_magnitude(operands[0].range)};
  RealChannel residual;
  const CodeTarget output = is_matmul ? token_target_of(group.tail().name) : target_of(group);
  const std::size_t rows = is_matmul ? constant_rows(head, x, output) : 1;
  if (group.add != nullptr) {
    const std::size_t index = group.add->inputs[1] == group.add_operand ? 1 : 0;
    const Coded& other = operands.emplace_back(operand(*group.add, index));
    bounds.residual = largest_magnitude(other.range);
    residual.residual_scale = other.quantization.scale;
    residual.residual_zero_point = other.quantization.zero_point;
  }

  const auto* norm = group.norm ? &std::get<BatchNorm>(group.norm->op) : nullptr;
  std::vector<RealChannel> reals(rows * sums.size(), residual);
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const std::size_t row = i / sums.size(), c = i % sums.size();
    const auto channel = static_cast<std::int64_t>(c);
    const double layer_bias = bias.shape.empty() ? 0.0 : static_cast<double>(bias[channel]);
    const ChannelAffine affine = affine_of(norm, layer_bias, channel);
    reals[i].scale = affine.gain * x.step(row) * scales[c] / output.step(row);
    reals[i].bias = affine.offset / output.step(row);
    reals[i].residual_scale /= output.step(row);
    reals[i].input_offset = x.zero_point(row) * sums[c];
  }
  const std::string name = head.name + ".quant";
  MulQuant quant = make_quant(name, reals, bounds, output, group.relu_op());
  quant.tokens = static_cast<std::int64_t>(rows);
  define(group, append_quant(name, operands, std::move(quant), output));
}

void Fuser::emit_batch_norm(const Group& group, const BatchNorm& norm) {
  const Coded x = operand(*group.head, 0);
  const CodeTarget output = target_of(group);
  const double step = output.quantization.scale;
  std::vector<RealChannel> reals(static_cast<std::size_t>(norm.gamma.size()));
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const ChannelAffine affine = affine_of(&norm, 0.0, static_cast<std::int64_t>(c));
    reals[c].scale = affine.gain * x.quantization.scale / step;
    reals[c].bias = affine.offset / step;
    reals[c].input_offset = x.quantization.zero_point;
  }
  const std::string name = group.head->name + ".quant";
  MulQuant quant =
      make_quant(name, reals, {.acc = largest_magnitude(x.range)}, output, group.relu_op());
  define(group, append(name, {x}, std::move(quant), output.quantization));
}

}  // namespace systole
