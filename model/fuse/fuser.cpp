// fuser.cpp: what all fusion patterns share.
#include "model/fuse/fuser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/fuse/placement.h"
#include "model/fuse/scales.h"
#include "model/network/op_name.h"
#include "model/network/quantization.h"
#include "model/network/ranges.h"
#include "model/ops/quantize.h"

namespace systole {

IntRange relu_codes(const Relu& relu, const Quantization& quantization) {
  return {quantize(0.0, quantization), quantize(static_cast<double>(relu.max), quantization)};
}

Fuser::Fuser(const EncodedNetwork& encoded, const FuseOptions& options)
    : encoded_(encoded),
      network_(encoded.network),
      options_(options),
      shapes_(infer_shapes(encoded.network, 1)),
      groups_(fused_groups(encoded)),
      plan_(plan_groups(encoded.network, groups_)) {}

void Fuser::emit_on_codes(const Group& group, IntOp op) {
  const Coded x = operand(*group.head, 0);
  define_passed(group, append(group.head->name, {x}, std::move(op)));
}

Coded Fuser::operand(const FloatNode& node, std::size_t index) {
  const std::string& name = node.inputs[index];
  const auto found = coded_.find(name);
  if (found == coded_.end())
    throw InputError({.key = name,
                      .got = "no quantizer",
                      .expected = "codes: " + node.name + " computes in integers",
                      .hint = "give outputs[0] of " + name + " a quantizer, or skip " + node.name});
  const auto edge = encoded_.operands.find({node.name, index});
  if (edge == encoded_.operands.end()) {
    if (!found->second.tokens.step.empty())
      throw InputError({.key = name,
                        .got = fmt::format("{} scales", found->second.tokens.rows()),
                        .expected = "one scale for what " + node.name + " takes",
                        .hint = "scales per token are for what linear ops take, moved or not"});
    return found->second;
  }
  const auto known = edges_.find(edge->first);
  if (known != edges_.end()) return known->second;
  const CodeTarget target{scalar_quantizer(edge->second), code_range(edge->second)};
  return edges_[edge->first] = requantised(found->second, target,
                                           fmt::format("{}.operand{}.quant", node.name, index));
}

void Fuser::emit_relu(const Group& group, const Relu& relu) {
  const Quantization x = operand(*group.head, 0).quantization;
  if (std::isinf(relu.max)) return emit_on_codes(group, IntRelu{.zero_point = x.zero_point});
  emit_on_codes(group, IntClamp{relu_codes(relu, x)});
}

CodeTarget Fuser::target_of(const std::string& name) const {
  const Encoding& encoding = encoded_.tensors.at(name);
  return {scalar_quantizer(encoding), code_range(encoding)};
}

void Fuser::expect_new_name(const std::string& name) {
  if (!names_.insert(name).second)
    throw InputError({.where = {},
                      .key = name,
                      .got = "two integer ops of this name",
                      .expected = "names that stay unique when requantisations add \".quant\"",
                      .hint = "rename the op"});
}

Coded Fuser::append(const std::string& name, const std::vector<Coded>& operands, IntOp op,
                    const Quantization& declared, std::int64_t depth) {
  expect_new_name(name);
  std::vector<Quantization> quantizations;
  std::vector<IntRange> ranges;
  IntNode node{.name = name, .inputs = {}, .op = std::move(op), .output = {}};
  for (const Coded& operand : operands) {
    node.inputs.push_back(operand.name);
    quantizations.push_back(operand.quantization);
    ranges.push_back(operand.range);
  }
  node.output = output_quantization(node.op, quantizations, declared);
  Coded result{name, node.output, output_range(node.op, ranges, depth)};
  result_.network.nodes.push_back(std::move(node));
  return result;
}

MulQuant Fuser::make_quant(const std::string& op, std::span<const RealChannel> reals,
                           const OperandBounds& bounds, const CodeTarget& output,
                           const Relu* relu) {
  MulQuant quant{.channels = to_fixed_point(reals, options_.scale, {&bounds, 1}, op),
                 .rounding = options_.rounding,
                 .zero_point = output.quantization.zero_point,
                 .zero_point_form = ZeroPointForm::kKeep,
                 .clamp = output.codes};
  if (relu != nullptr) quant.clamp = relu_codes(*relu, output.quantization);
  result_.scales.push_back(report_scales(op, reals, quant.channels, options_.scale));
  return quant;
}

Coded Fuser::append_quant(const std::string& name, const std::vector<Coded>& operands,
                          MulQuant quant, const CodeTarget& output) {
  Coded result = append(name, operands, std::move(quant), output.quantization);
  result.tokens = output.tokens;
  return result;
}

void Fuser::define(const Group& group, const Coded& result) {
  coded_[group.tail().name] = result;
  result_.float_names[result.name] = group.tail().name;
}

void Fuser::define_passed(const Group& group, const Coded& result) {
  const std::string& name = group.tail().name;
  define(group, encoded_.tensors.contains(name)
                    ? requantised(result, target_of(name), name + ".quant")
                    : result);
}

}  // namespace systole
