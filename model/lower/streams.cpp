// streams.cpp: reals as integers: which codes, and with what scale.
#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/lower/lowering.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

constexpr int kOutputBits = 16;

/// How far a stream reaches beyond the largest calibrated magnitude.
double headroom(int bits) { return bits == 16 ? 2.0 : 1.0; }

/// Whether rounding to codes commutes with the op.
bool is_moving(const IntOp& op) {
  return std::visit(
      Overloaded{[](const FloatIsland& island) {
                   return std::holds_alternative<Relu>(island.op) ||
                          std::holds_alternative<MaxPool>(island.op) ||
                          std::holds_alternative<Flatten>(island.op) ||
                          std::holds_alternative<Pad>(island.op);
                 },
                 [](const Pad&) { return true; }, [](const Reshape&) { return true; },
                 [](const IntFlatten&) { return true; }, [](const Transpose&) { return true; },
                 [](const Slice&) { return true; }, [](const Roll&) { return true; },
                 [](const auto&) { return false; }},
      op);
}

bool is_never_negative(const Affine& value) {
  const auto not_negative = [](double v) { return v >= 0; };
  return value.has_relu || (value.base.range.lo >= 0 && !value.residual &&
                            std::all_of(value.scale.begin(), value.scale.end(), not_negative) &&
                            std::all_of(value.offset.begin(), value.offset.end(), not_negative));
}

}  // namespace

const IntNode* Lowering::sole_quantizer(const std::string& faithful) const {
  const IntNode* found = nullptr;
  for (const IntNode* user : users(faithful)) {
    if (user == nullptr) return nullptr;
    const auto* quantizer = std::get_if<QuantizeReal>(&user->op);
    const bool is_quantizer = quantizer != nullptr;
    // A stream has one step.
    if (is_quantizer && !quantizer->token_factors.empty()) return nullptr;
    if (!is_quantizer && !is_moving(user->op)) return nullptr;
    const IntNode* end = is_quantizer ? user : sole_quantizer(user->name);
    if (end == nullptr || (found && found != end)) return nullptr;
    found = end;
  }
  return found;
}

double Lowering::peak_of(const std::string& faithful) const {
  const auto peak = peaks_.find(faithful);
  if (peak == peaks_.end())
    throw InputError({.where = {},
                      .key = faithful,
                      .got = "no calibrated magnitude",
                      .expected = "the largest magnitude of reals that become a stream of integers",
                      .hint = "give inputs to calibrate on"});
  return peak->second;
}

Target Lowering::stream_target(const std::string& faithful, bool is_unsigned) const {
  const auto& all = users(faithful);
  const bool is_output = std::find(all.begin(), all.end(), nullptr) != all.end();
  const int bits = is_output ? kOutputBits : options_.stream_bits;
  // 16 bits without a sign would not fit the lanes' operand.
  const IntType type{.bits = bits, .is_signed = !is_unsigned || bits == 16};
  const double largest = peak_of(faithful) * headroom(bits);
  const auto hi = static_cast<double>(type.range().hi);
  const QuantizeReal rule{.rule = QuantizeRule::kMultiply,
                          .factor = largest > 0 ? static_cast<float>(hi / largest) : 1.0F,
                          .range = type.range()};
  return {rule, {.scale = 1 / static_cast<double>(rule.factor), .zero_point = 0, .type = type}};
}

Codes Lowering::coded(const std::string& faithful) {
  const TensorForm& value = values_.at(faithful);
  if (const auto* there = std::get_if<Codes>(&value)) return *there;
  if (const auto found = streams_.find(faithful); found != streams_.end()) return found->second;
  if (const auto* host = std::get_if<Reals>(&value)) {
    const Target target = stream_target(faithful, false);
    const std::string name = faithful + ".stream";
    append(
        {.name = name, .inputs = {host->name}, .op = target.rule, .output = target.quantization});
    reasons_[name] = "an integer op needs reals that a host op computes";
    return streams_[faithful] = {.name = name,
                                 .quantization = target.quantization,
                                 .range = target.rule.range,
                                 .rule = target.rule};
  }
  const Affine affine = std::get<Affine>(value);
  const IntNode* quantizer = sole_quantizer(faithful);
  const Target target = quantizer ? Target{std::get<QuantizeReal>(quantizer->op), quantizer->output}
                                  : stream_target(faithful, is_never_negative(affine));
  Codes result = emit(faithful, affine, target);
  result.rule = target.rule;
  explain(faithful, CodedReals{target.rule});
  define(faithful, result);
  return result;
}

std::string Lowering::reals_of(const std::string& faithful) {
  if (const auto* host = std::get_if<Reals>(&values_.at(faithful))) return host->name;
  const Codes from = coded(faithful);
  const std::string name = faithful + ".real";
  if (!names_.contains(name)) {
    append({.name = name,
            .inputs = {from.name},
            .op = Dequantize{from.quantization},
            .output = {},
            .is_float = true});
    reasons_[name] = "a host op needs reals that are a stream";
  }
  return name;
}

}  // namespace systole
