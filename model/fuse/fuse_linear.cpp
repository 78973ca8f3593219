// fuse_linear.cpp: convolutions and matrix products with batch norm, addition and ReLU.
#include <cmath>

#include "model/fuse/fuser.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

/// y = x * gain + offset per channel: a layer bias with a batch norm behind it.
struct ChannelAffine {
  double gain = 1;
  double offset = 0;
};

ChannelAffine affine_of(const BatchNorm* norm, double bias, std::int64_t c) {
  if (norm == nullptr) return {.gain = 1, .offset = bias};
  const double sigma =
      std::sqrt(static_cast<double>(norm->variance[c]) + static_cast<double>(norm->epsilon));
  const double gain = static_cast<double>(norm->gamma[c]) / sigma;
  return {.gain = gain,
          .offset = static_cast<double>(norm->beta[c]) +
                    gain * (bias - static_cast<double>(norm->mean[c]))};
}

std::vector<std::int64_t> column_sums(const IntTensor& weight) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(weight.channels()));
  for (std::int64_t i = 0; i < weight.size(); ++i)
    sums[static_cast<std::size_t>(i % weight.channels())] += weight[i];
  return sums;
}

}  // namespace

Coded Fuser::emit_product(const Group& group, const IntTensor& codes) {
  const FloatNode& head = *group.head;
  const Coded& x = coded(head.inputs[0]);
  if (const auto* conv = std::get_if<Conv2d>(&head.op)) {
    IntConv2d op{.params = conv->params, .weight = codes};
    op.params.pad_value = x.quantization.zero_point;
    return append(head.name, {x}, std::move(op));
  }
  return append(head.name, {x}, IntMatmul{.weight = codes});
}

void Fuser::emit_linear(const Group& group, const FloatTensor& weight, const FloatTensor& bias) {
  const Quantization x = coded(group.head->inputs[0]).quantization;
  const QuantizedWeight w = quantize_weight(weight, recipe_.weight_bits);
  const std::vector<std::int64_t> sums = column_sums(w.codes);
  std::vector<Coded> operands = {emit_product(group, w.codes)};
  OperandBounds bounds{.acc = largest_magnitude(operands[0].range)};
  RealChannel residual;
  const Quantization output = output_encoding(group);
  if (group.add != nullptr) {
    const Coded& operand = operands.emplace_back(coded(group.add_operand));
    bounds.residual = largest_magnitude(operand.range);
    residual.residual_scale = operand.quantization.scale / output.scale;
    residual.residual_zero_point = operand.quantization.zero_point;
  }

  const auto* norm = group.norm ? &std::get<BatchNorm>(group.norm->op) : nullptr;
  std::vector<RealChannel> reals(sums.size(), residual);
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const auto channel = static_cast<std::int64_t>(c);
    const double layer_bias = bias.shape.empty() ? 0.0 : static_cast<double>(bias[channel]);
    const ChannelAffine affine = affine_of(norm, layer_bias, channel);
    reals[c].scale = affine.gain * x.scale * w.scales[c] / output.scale;
    reals[c].bias = affine.offset / output.scale;
    reals[c].input_offset = x.zero_point * sums[c];
  }
  const std::string name = group.head->name + ".quant";
  MulQuant quant = make_quant(name, reals, bounds, output, group.relu_op());
  define(group, append(name, operands, std::move(quant), output));
}

void Fuser::emit_batch_norm(const Group& group, const BatchNorm& norm) {
  const Coded& x = coded(group.head->inputs[0]);
  const Quantization output = output_encoding(group);
  std::vector<RealChannel> reals(static_cast<std::size_t>(norm.gamma.size()));
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const ChannelAffine affine = affine_of(&norm, 0.0, static_cast<std::int64_t>(c));
    reals[c].scale = affine.gain * x.quantization.scale / output.scale;
    reals[c].bias = affine.offset / output.scale;
    reals[c].input_offset = x.quantization.zero_point;
  }
  const std::string name = group.head->name + ".quant";
  MulQuant quant =
      make_quant(name, reals, {.acc = largest_magnitude(x.range)}, output, group.relu_op());
  define(group, append(name, {x}, std::move(quant), output));
}

}  // namespace systole
