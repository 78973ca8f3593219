// fuser.cpp: what all fusion patterns share.
#include "model/fuse/fuser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/op_name.h"
#include "model/network/quantization.h"
#include "model/network/ranges.h"
#include "model/ops/quantize.h"

namespace systole {

IntRange relu_codes(const Relu& relu, const Quantization& quantization) {
  return {quantize(0.0, quantization), quantize(static_cast<double>(relu.max), quantization)};
}

Fuser::Fuser(const FloatNetwork& network, const RealRanges& ranges, const QuantizeRecipe& recipe)
    : network_(network), ranges_(ranges), recipe_(recipe), shapes_(infer_shapes(network, 1)) {}

void Fuser::emit_on_codes(const Group& group, IntOp op) {
  const Coded& x = coded(group.head->inputs[0]);
  define(group, append(group.head->name, {x}, std::move(op)));
}

void Fuser::emit_relu(const Group& group, const Relu& relu) {
  const Quantization& x = coded(group.head->inputs[0]).quantization;
  if (std::isinf(relu.max)) return emit_on_codes(group, IntRelu{.zero_point = x.zero_point});
  emit_on_codes(group, IntClamp{relu_codes(relu, x)});
}

Quantization Fuser::output_encoding(const Group& group) const {
  const std::string& name = group.tail().name;
  const auto found = ranges_.find(name);
  if (found == ranges_.end())
    throw InputError({.where = {},
                      .key = name,
                      .got = "no calibrated range",
                      .expected = "the range of every op's output",
                      .hint = "calibrate with this network"});
  const RealRange& range = found->second;
  if (group.feeds_hosted_add) return symmetric_encoding(range, recipe_.residual_bits);
  if (is_final(name)) return symmetric_encoding(range, recipe_.output_bits);
  const int bits = recipe_.activation_bits;
  if (recipe_.activations == ActivationScheme::kAffine) return affine_encoding(range, bits);
  return range.lo >= 0 ? unsigned_encoding(range, bits) : symmetric_encoding(range, bits);
}

bool Fuser::is_final(const std::string& name) const {
  const std::vector<std::string>& outputs = network_.outputs;
  bool reaches_output = std::find(outputs.begin(), outputs.end(), name) != outputs.end();
  for (const FloatNode& node : network_.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), name) == node.inputs.end()) continue;
    if (!std::holds_alternative<Flatten>(node.op) || !is_final(node.name)) return false;
    reaches_output = true;
  }
  return reaches_output;
}

Coded Fuser::append(const std::string& name, const std::vector<Coded>& operands, IntOp op,
                    const Quantization& declared) {
  if (!names_.insert(name).second)
    throw InputError({.where = {},
                      .key = name,
                      .got = "two integer ops of this name",
                      .expected = "names that stay unique when requantisations add \".quant\"",
                      .hint = "rename the op"});
  std::vector<Quantization> quantizations;
  std::vector<IntRange> ranges;
  IntNode node{.name = name, .inputs = {}, .op = std::move(op), .output = {}};
  for (const Coded& operand : operands) {
    node.inputs.push_back(operand.name);
    quantizations.push_back(operand.quantization);
    ranges.push_back(operand.range);
  }
  node.output = output_quantization(node.op, quantizations, declared);
  Coded result{name, node.output, output_range(node.op, ranges)};
  result_.network.nodes.push_back(std::move(node));
  return result;
}

MulQuant Fuser::make_quant(const std::string& op, std::span<const RealChannel> reals,
                           const OperandBounds& bounds, const Quantization& output,
                           const Relu* relu) {
  const ScaleFormat& format = recipe_.scale;
  const std::span<const OperandBounds> all = {&bounds, 1};
  MulQuant quant{.channels = format.is_normalized
                                 ? normalized(reals, format.bits, all, op)
                                 : fixed(reals, format.bits, format.frac_bits, all, op),
                 .rounding = recipe_.rounding,
                 .zero_point = output.zero_point,
                 .zero_point_form = ZeroPointForm::kKeep,
                 .clamp = output.type.range()};
  if (relu != nullptr) quant.clamp = relu_codes(*relu, output);
  result_.scales.push_back({op, largest_scale_error(reals, quant.channels)});
  return quant;
}

void Fuser::define(const Group& group, const Coded& result) {
  coded_[group.tail().name] = result;
  result_.float_names[result.name] = group.tail().name;
}

}  // namespace systole
