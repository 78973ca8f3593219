// lowering.cpp: what all lowered ops share.
#include "model/lower/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/kinds.h"
#include "model/network/op_name.h"
#include "model/network/quantization.h"
#include "model/network/ranges.h"

namespace systole {

Lowering::Lowering(const IntNetwork& faithful, const LowerOptions& options, const Peaks& peaks)
    : faithful_(faithful), options_(options), peaks_(peaks), shapes_(infer_shapes(faithful, 1)) {
  for (const IntNode& node : faithful.nodes)
    for (const std::string& input : node.inputs) users_[input].push_back(&node);
  for (const std::string& output : faithful.outputs) users_[output].push_back(nullptr);
  result_.network.name = faithful.name;
  result_.network.inputs = faithful.inputs;
  for (const NetworkInput& input : faithful.inputs) {
    names_.insert(input.name);
    if (input.is_float)
      define(input.name, Reals{input.name});
    else
      define(input.name, Codes{.name = input.name,
                               .quantization = input.quantization,
                               .range = input.quantization.type.range()});
  }
}

bool Lowering::is_host_real(const std::string& faithful) const {
  return std::holds_alternative<Reals>(values_.at(faithful));
}

bool Lowering::stands_for_reals(const std::string& faithful) const {
  const auto* codes = std::get_if<Codes>(&values_.at(faithful));
  return !codes || codes->rule;
}

const Codes& Lowering::codes(const std::string& faithful) const {
  return std::get<Codes>(values_.at(faithful));
}

const std::vector<const IntNode*>& Lowering::users(const std::string& faithful) const {
  static const std::vector<const IntNode*> kNone;
  const auto found = users_.find(faithful);
  return found == users_.end() ? kNone : found->second;
}

void Lowering::define(const std::string& faithful, TensorForm value) {
  values_.insert_or_assign(faithful, std::move(value));
}

void Lowering::explain(const std::string& lowered, Meaning meaning) {
  result_.meanings.insert_or_assign(lowered, std::move(meaning));
}

void Lowering::append(IntNode node) {
  if (!names_.insert(node.name).second)
    throw InputError({.where = {},
                      .key = node.name,
                      .got = "two lowered ops of this name",
                      .expected = "names that stay unique when lowering adds \".raw\", \".sum\", "
                                  "\".stream\", \".image\", \".real\", \".high\", \".low\", "
                                  "\".centred\", \".scores\" and \".addend\"",
                      .hint = "rename the op"});
  result_.network.nodes.push_back(std::move(node));
}

Codes Lowering::append(const std::string& name, const std::vector<Codes>& operands, IntOp op,
                       const Quantization& declared, std::int64_t depth) {
  std::vector<Quantization> quantizations;
  std::vector<IntRange> ranges;
  IntNode node{.name = name, .inputs = {}, .op = std::move(op)};
  for (const Codes& operand : operands) {
    node.inputs.push_back(operand.name);
    quantizations.push_back(operand.quantization);
    ranges.push_back(operand.range);
  }
  node.output = output_quantization(node.op, quantizations, declared);
  const Codes result{
      .name = name, .quantization = node.output, .range = output_range(node.op, ranges, depth)};
  append(std::move(node));
  return result;
}

void Lowering::keep(const IntNode& node, const std::string& reason) {
  if (!reason.empty()) reasons_[node.name] = reason;
  const auto is_real = [&](const std::string& input) { return stands_for_reals(input); };
  if (!node.is_float && std::none_of(node.inputs.begin(), node.inputs.end(), is_real)) {
    std::vector<Codes> operands;
    for (const std::string& input : node.inputs) operands.push_back(codes(input));
    const std::int64_t depth = product_depth(node.op, shapes_.at(node.inputs[0]));
    define(node.name, append(node.name, operands, node.op, node.output, depth));
    explain(node.name, SameCodes{});
    return;
  }
  IntNode kept = node;
  for (std::string& input : kept.inputs)
    input = is_real(input) ? reals_of(input) : codes(input).name;
  append(kept);
  if (node.is_float) {
    define(node.name, Reals{node.name});
  } else {
    define(node.name, Codes{.name = node.name,
                            .quantization = node.output,
                            .range = output_range(node.op, {IntRange{}})});
    explain(node.name, SameCodes{});
  }
}

std::vector<double> scaled(const std::vector<float>& values, int shift) {
  std::vector<double> result;
  for (const float value : values) result.push_back(std::ldexp(static_cast<double>(value), -shift));
  return result;
}

std::vector<double> per_token(const std::vector<double>& values, std::int64_t own_tokens,
                              std::int64_t tokens, std::int64_t channels) {
  if (tokens == 1 || values.size() == 1) return values;
  std::vector<double> all;
  for (std::int64_t row = 0; row < tokens; ++row) {
    const TokenConstants at = token_constants(values.size(), own_tokens, row);
    for (std::int64_t c = 0; c < channels; ++c)
      all.push_back(values[at(static_cast<std::size_t>(c))]);
  }
  return all;
}

OperandBounds Lowering::bounds_of(const Codes& acc, const Codes* residual) const {
  return {.acc = std::min(largest_magnitude(acc.range), std::int64_t{1} << 31),
          .residual = residual ? largest_magnitude(residual->range) : 0};
}

MulQuant Lowering::make_quant(const std::string& op, const std::vector<RealChannel>& reals,
                              const OperandBounds& bounds, const QuantForm& form) {
  MulQuant quant{.channels = to_fixed_point(reals, options_.scale.format, {&bounds, 1}, op),
                 .rounding = form.rounding,
                 .zero_point = form.zero_point,
                 .zero_point_form = ZeroPointForm::kKeep,
                 .clamp = form.clamp};
  result_.scales.push_back({op, largest_scale_error(reals, quant.channels)});
  return quant;
}

}  // namespace systole
