// lower_reals.cpp: reals between integer layers: composed, then brought to codes once.
#include <algorithm>
#include <cmath>

#include "model/lower/lowering.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

/// What codes of reals are worth.
Affine affine_of(const Codes& codes) {
  const Quantization& q = codes.quantization;
  return {.base = codes, .scale = {q.scale}, .offset = {-q.zero_point * q.scale}};
}

/// (x * scale + offset) after `value`.
void compose(Affine& value, const std::vector<double>& scale, const std::vector<double>& offset) {
  const std::size_t channels =
      std::max({scale.size(), offset.size(), value.scale.size(), value.offset.size()});
  std::vector<double> scales(channels), offsets(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    scales[c] = of_channel(value.scale, c) * of_channel(scale, c);
    offsets[c] = of_channel(value.offset, c) * of_channel(scale, c) + of_channel(offset, c);
  }
  value.scale = std::move(scales);
  value.offset = std::move(offsets);
}

/// The codes of 0 and of a ReLU's maximum.
IntRange relu_codes(float max, const QuantizeReal& rule) {
  return {quantize_real(0.0F, rule), quantize_real(max, rule)};
}

bool is_linear(const Affine& value) { return !value.residual && !value.has_relu; }

/// Whether one clamp bounds the codes of every token.
bool has_one_clamp(const QuantizeReal& rule) {
  const auto differs = [&](std::int32_t zero_point) {
    return zero_point != rule.token_zero_points[0];
  };
  return std::none_of(rule.token_zero_points.begin(), rule.token_zero_points.end(), differs);
}

/// Whether a requantisation of `value` can give a step per token: a ReLU's clamp and constants per
/// number of pixels cannot.
bool may_end_in(const QuantizeReal& rule, const Affine& value) {
  return rule.token_factors.empty() || (!value.has_relu && value.pixel_counts.empty());
}

}  // namespace

std::vector<double> Target::steps() const {
  const bool multiplies = rule.rule == QuantizeRule::kMultiply;
  std::vector<double> steps;
  for (const float factor :
       rule.token_factors.empty() ? std::vector{rule.factor} : rule.token_factors)
    steps.push_back(multiplies ? static_cast<double>(factor) : 1 / static_cast<double>(factor));
  return steps;
}

QuantForm Target::form(const Affine& value) const {
  // Less its zero point a code is rounded and clamped to the shifted range: one clamp does both.
  QuantForm form{.rounding = rule.rule == QuantizeRule::kDivideHalfAway ? Rounding::kHalfAway
                                                                        : Rounding::kHalfEven,
                 .zero_point = rule.subtract ? 0 : rule.zero_point,
                 .clamp = output_range(rule, {IntRange{}})};
  if (value.has_relu) {
    const IntRange codes = relu_codes(value.relu_max, rule);
    form.clamp = {std::max(form.clamp.lo, codes.lo), std::min(form.clamp.hi, codes.hi)};
  }
  return form;
}

Affine* Lowering::own_affine(const std::string& faithful) {
  return users(faithful).size() == 1 ? std::get_if<Affine>(&values_.at(faithful)) : nullptr;
}

void Lowering::visit_affine(const IntNode& node, const std::vector<double>& scale,
                            const std::vector<double>& offset, std::int64_t tokens) {
  const std::string& x = node.inputs[0];
  if (is_host_real(x)) return keep(node);
  Affine result;
  // Where the number of pixels varies, constants are per number of them.
  if (const Affine* own = own_affine(x);
      own && is_linear(*own) && (tokens == 1 || own->pixel_counts.empty())) {
    result = *own;
  } else if (std::holds_alternative<Affine>(values_.at(x)) || codes(x).rule) {
    result = affine_of(coded(x));
  } else {
    result.base = codes(x);  // Integers count as they are.
  }
  const std::int64_t channels = shapes_.at(node.name).back();
  const std::int64_t all = std::max(result.tokens, tokens);
  result.scale = per_token(result.scale, result.tokens, all, channels);
  result.offset = per_token(result.offset, result.tokens, all, channels);
  result.tokens = all;
  compose(result, per_token(scale, tokens, all, channels),
          per_token(offset, tokens, all, channels));
  define(node.name, std::move(result));
}

void Lowering::visit_relu(const IntNode& node, const Relu& op) {
  const std::string& x = node.inputs[0];
  if (is_host_real(x)) return keep(node);
  if (const Affine* own = own_affine(x)) {
    Affine result = *own;
    result.has_relu = true;
    result.relu_max = std::min(result.relu_max, op.max);
    return define(node.name, std::move(result));
  }
  const IntRange codes = relu_codes(op.max, *coded(x).rule);
  if (std::isinf(op.max)) return visit_moving(node, IntRelu{static_cast<std::int32_t>(codes.lo)});
  visit_moving(node, IntClamp{codes});
}

void Lowering::visit_add(const IntNode& node) {
  const auto& [a, b] = std::tie(node.inputs[0], node.inputs[1]);
  if (is_host_real(a) && is_host_real(b)) return keep(node);
  // The later of two fitting operands hosts the sum: the other one is there by then.
  const std::string* host = nullptr;
  for (const std::string* operand : {&a, &b}) {
    const Affine* own = own_affine(*operand);
    if (own && is_linear(*own) && own->pixel_counts.empty()) host = operand;
  }
  const std::string& other = host == &a ? b : a;
  Affine sum = host ? std::get<Affine>(values_.at(*host)) : affine_of(coded(b));
  sum.residual = coded(other);
  define(node.name, std::move(sum));
}

void Lowering::visit_quantize(const IntNode& node, const QuantizeReal& op) {
  const std::string& x = node.inputs[0];
  if (is_host_real(x)) return keep(node);
  if (!has_one_clamp(op)) return keep(node, "its zero points differ from token to token");
  const Target target{op, node.output};
  Codes result;
  if (const Affine* own = own_affine(x); own && may_end_in(op, *own)) {
    result = emit(node.name, *own, target);
  } else {
    const Codes stream = coded(x);
    const bool is_there = stream.rule == op;
    result = is_there ? stream : emit(node.name, affine_of(stream), target);
  }
  result.rule.reset();  // From here on they are the faithful integers.
  if (result.name == node.name) explain(node.name, SameCodes{});
  define(node.name, std::move(result));
}

void Lowering::visit_moving(const IntNode& node, IntOp on_codes) {
  const std::string& x = node.inputs[0];
  if (is_host_real(x)) return keep(node);
  const Codes from = coded(x);
  if (auto* pad = std::get_if<Pad>(&on_codes))
    pad->value = quantize_real(static_cast<float>(pad->value), *from.rule);
  // The last op in front of a quantizer whose codes these are already gives that op's tensor.
  const auto& all = users(node.name);
  const auto* quantizer =
      all.size() == 1 && all[0] ? std::get_if<QuantizeReal>(&all[0]->op) : nullptr;
  const bool is_last = quantizer && *quantizer == *from.rule;
  Codes result = append(is_last ? all[0]->name : node.name, {from}, std::move(on_codes));
  result.rule = from.rule;
  if (!is_last) explain(node.name, CodedReals{*from.rule});
  define(node.name, std::move(result));
}

Codes Lowering::emit(const std::string& name, const Affine& value, const Target& target) {
  if (!value.pixel_counts.empty()) return emit_by_count(name, value, target);
  const Codes base = value.pool ? append(name + ".sum", {value.base}, *value.pool) : value.base;
  const Codes* residual = value.residual ? &*value.residual : nullptr;
  const std::int64_t tokens = std::max(value.tokens, target.tokens());
  const std::int64_t width = shapes_.at(name).back();  // Of a row; `name` is a faithful tensor.
  const std::vector<double> scales = per_token(value.scale, value.tokens, tokens, width);
  const std::vector<double> offsets = per_token(value.offset, value.tokens, tokens, width);
  const std::vector<double> steps = per_token(target.steps(), target.tokens(), tokens, width);
  const std::size_t sums = base.offsets.size();
  std::vector<RealChannel> channels(
      std::max({scales.size(), offsets.size(), steps.size(),
                tokens == 1 || sums == 1 ? sums : static_cast<std::size_t>(tokens * width)}));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    channels[c] = {.scale = of_channel(scales, c) * of_channel(steps, c),
                   .bias = of_channel(offsets, c) * of_channel(steps, c),
                   .input_offset = base.offsets[c % sums]};
    if (!residual) continue;
    channels[c].residual_scale = residual->quantization.scale * of_channel(steps, c);
    channels[c].residual_zero_point = residual->quantization.zero_point;
  }
  MulQuant quant = make_quant(name, channels, bounds_of(base, residual), target.form(value));
  if (channels.size() > 1) quant.tokens = tokens;
  Quantization output = target.quantization;
  output.zero_point = quant.zero_point;
  if (!residual) return append(name, {base}, std::move(quant), output);
  const bool is_product = base.quantization.type.bits == 32;
  // An addition has no constants per token.
  if (is_product || quant.tokens > 1)
    return append(name, {base, *residual}, std::move(quant), output);
  return append(name, {base, *residual}, IntAdd{std::move(quant)}, output);
}

}  // namespace systole
