// lower_codes.cpp: products with a zero point and TFLite's requantisations.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/lower/lowering.h"
#include "model/network/overloaded.h"
#include "model/network/ranges.h"

namespace systole {
namespace {

std::vector<std::int64_t> column_sums(const IntTensor& weight) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(weight.channels()));
  for (std::int64_t i = 0; i < weight.size(); ++i)
    sums[static_cast<std::size_t>(i % weight.channels())] += weight[i];
  return sums;
}

double real_factor(const QuantizedMultiplier& factor) {
  return std::ldexp(static_cast<double>(factor.multiplier), factor.shift - 31);
}

/// What is added behind the factors, in steps of the output.
std::vector<double> real_offsets(const Dialect& dialect) {
  const auto* scale = std::get_if<DoubleScale>(&dialect);
  return scale && !scale->offsets.empty() ? scale->offsets : std::vector<double>{0};
}

std::vector<double> real_factors(const Dialect& dialect) {
  std::vector<double> reals;
  std::visit(
      [&](const auto& d) {
        for (const auto& factor : d.factors) {
          if constexpr (std::is_same_v<std::decay_t<decltype(factor)>, QuantizedMultiplier>)
            reals.push_back(real_factor(factor));
          else
            reals.push_back(static_cast<double>(factor));
        }
      },
      dialect);
  return reals;
}

/// Where the dialect's ties go: its last rounding's.
Rounding rounding_of(const Dialect& dialect) {
  return std::visit(Overloaded{[](const Gemmlowp&) { return Rounding::kHalfAway; },
                               [](const Ruy&) { return Rounding::kHalfUp; },
                               [](const Float32Scale&) { return Rounding::kHalfEven; },
                               [](const DoubleScale& d) { return d.rounding; }},
                    dialect);
}

/// The reals of an addition: a * scale + b * residual_scale, and how it rounds.
struct RealAdd {
  double a = 0, b = 0;
  Rounding rounding = Rounding::kHalfAway;
};

RealAdd real_add(const RequantiseAdd& op) {
  RealAdd real = std::visit(
      Overloaded{[](const GemmlowpAdd& rule) {
                   const double sum = std::ldexp(real_factor(rule.sum_factor), 20);
                   return RealAdd{real_factor(rule.a_factor) * sum,
                                  real_factor(rule.b_factor) * sum, Rounding::kHalfAway};
                 },
                 [](const FixedAdd& rule) {
                   return RealAdd{std::ldexp(static_cast<double>(rule.a_factor), -rule.shift),
                                  std::ldexp(static_cast<double>(rule.b_factor), -rule.shift),
                                  Rounding::kHalfUp};
                 },
                 [](const DoubleAdd& rule) {
                   return RealAdd{rule.a_scale / rule.scale, rule.b_scale / rule.scale,
                                  Rounding::kHalfEven};
                 }},
      op.rule);
  if (op.subtract) real.b = -real.b;
  return real;
}

}  // namespace

bool Lowering::may_fold_zero_point(const IntNode& node, const IntRange& raw) const {
  if (!fits_array(raw)) return false;
  const auto& all = users(node.name);
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const IntNode* user) {
    return user && (std::holds_alternative<Requantise>(user->op) ||
                    std::holds_alternative<FloatMulShift>(user->op));
  });
}

template <class Product>
void Lowering::visit_product(const IntNode& node, const Product& op) {
  const Codes& x = codes(node.inputs[0]);
  if (!fits_array(array_operand(op, x.range))) return visit_wide_product(node, op);
  Product raw = op;
  raw.input_zero_point = 0;
  if (op.input_zero_point == 0) return keep(node);
  if (!may_fold_zero_point(node, array_operand(raw, x.range)))
    return keep(node,
                "its zero point cannot be folded: the codes need more than 9 bits, or an op "
                "other than a requantisation uses the sums");
  Codes sums = append(node.name + ".raw", {x}, raw);
  sums.offsets = column_sums(op.weight);
  for (std::int64_t& offset : sums.offsets) offset *= op.input_zero_point;
  explain(sums.name, OffsetSums{node.name, sums.offsets});
  define(node.name, sums);
}

template void Lowering::visit_product(const IntNode&, const IntConv2d&);
template void Lowering::visit_product(const IntNode&, const IntMatmul&);

void Lowering::keep_gemmlowp(const IntNode& node, Requantise op) {
  const Codes& x = codes(node.inputs[0]);
  const std::vector<std::int32_t> bias = op.bias.empty() ? std::vector<std::int32_t>{0} : op.bias;
  op.bias.clear();
  for (std::size_t c = 0; c < std::max(bias.size(), x.offsets.size()); ++c) {
    const std::int64_t folded = of_channel(bias, c) - of_channel(x.offsets, c);
    if (folded != static_cast<std::int32_t>(folded))
      throw InputError({.where = {},
                        .key = node.name,
                        .got = fmt::format("bias {} with the zero point in channel {}", folded, c),
                        .expected = "32 bits signed",
                        .hint = "lower to normalized(32)"});
    op.bias.push_back(static_cast<std::int32_t>(folded));
  }
  define(node.name, append(node.name, {x}, std::move(op), node.output));
  explain(node.name, SameCodes{});
}

void Lowering::visit_requantise(const IntNode& node, const Requantise& op) {
  if (options_.scale.keep_gemmlowp && std::holds_alternative<Gemmlowp>(op.dialect))
    return keep_gemmlowp(node, op);
  const Codes& x = codes(node.inputs[0]);
  const auto* scale = std::get_if<DoubleScale>(&op.dialect);
  const std::int64_t tokens = scale ? scale->tokens : 1;
  const std::int64_t width = shapes_.at(node.name).back();
  const std::vector<double> factors = per_token(real_factors(op.dialect), tokens, tokens, width);
  const std::vector<double> offsets = per_token(real_offsets(op.dialect), tokens, tokens, width);
  const std::vector<std::int32_t> bias = op.bias.empty() ? std::vector<std::int32_t>{0} : op.bias;
  const std::size_t per_channel =
      std::max({bias.size(), x.offsets.size(), op.residual ? op.residual->factors.size() : 1});
  std::vector<RealChannel> channels(
      std::max({factors.size(), offsets.size(),
                per_channel * (per_channel == 1 ? 1 : static_cast<std::size_t>(tokens))}));
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(width);
    channels[i].scale = of_channel(factors, i);
    channels[i].bias = of_channel(offsets, i);
    if (op.residual) {
      channels[i].residual_scale = of_channel(op.residual->factors, c);
      channels[i].residual_zero_point = op.residual->zero_point;
    }
    // A bias in accumulator units is a negative offset: so folded, it is exact.
    channels[i].input_offset = of_channel(x.offsets, c) + op.input_zero_point - of_channel(bias, c);
  }
  const QuantForm form{rounding_of(op.dialect), op.zero_point, op.clamp};
  std::vector<Codes> operands = {x};
  if (op.residual) operands.push_back(codes(node.inputs[1]));
  const Codes* residual = op.residual ? &operands[1] : nullptr;
  MulQuant quant = make_quant(node.name, channels, bounds_of(x, residual), form);
  if (channels.size() > 1) quant.tokens = tokens;
  if (x.is_joined) reasons_[node.name] = "its sums are joined of two passes, not in an accumulator";
  define(node.name, append(node.name, operands, std::move(quant), node.output));
  explain(node.name, SameCodes{});
}

void Lowering::visit_requantise_add(const IntNode& node, const RequantiseAdd& op) {
  if (options_.scale.keep_gemmlowp && std::holds_alternative<GemmlowpAdd>(op.rule))
    return keep(node);
  const Codes& a = codes(node.inputs[0]);
  const Codes& b = codes(node.inputs[1]);
  const RealAdd real = real_add(op);
  const RealChannel channel{.scale = real.a,
                            .residual_scale = real.b,
                            .input_offset = op.zero_point_a,
                            .residual_zero_point = op.zero_point_b};
  const QuantForm form{real.rounding, op.zero_point, op.clamp};
  MulQuant quant = make_quant(node.name, {channel}, bounds_of(a, &b), form);
  define(node.name, append(node.name, {a, b}, IntAdd{std::move(quant)}, node.output));
  explain(node.name, SameCodes{});
}

}  // namespace systole
