// tool_op_writer.cpp: writes the ops of networks that other tools made.
#include "model/network/tool_op_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/network/overloaded.h"
#include "model/network/quant_text.h"
#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"

namespace systole {
namespace {

std::string clamp_text(std::string_view key, const IntRange& range) {
  return fmt::format(", {}: [{}, {}]", key, range.lo, range.hi);
}

std::string factors_text(const std::vector<QuantizedMultiplier>& factors, const TensorKeys& keys) {
  IntTensor multiplier({std::ssize(factors)}), shift({std::ssize(factors)});
  for (std::size_t c = 0; c < factors.size(); ++c) {
    multiplier.data[c] = factors[c].multiplier;
    shift.data[c] = factors[c].shift;
  }
  return keys.add("multiplier", multiplier) + keys.add("shift", shift);
}

std::string dialect_text(const Dialect& dialect, const TensorKeys& keys) {
  return std::visit(
      Overloaded{
          [&](const Gemmlowp& d) { return factors_text(d.factors, keys); },
          [&](const Ruy& d) { return factors_text(d.factors, keys); },
          [&](const Float32Scale& d) { return keys.add("factor", vector_tensor(d.factors)); },
          [&](const DoubleScale& d) {
            return keys.add("factor", vector_tensor(d.factors)) +
                   keys.add("offset", vector_tensor(d.offsets)) +
                   fmt::format(", rounding: {}",
                               kRoundingNames[static_cast<std::size_t>(d.rounding)]) +
                   tokens_text(d.tokens);
          }},
      dialect);
}

std::string rule_text(const GemmlowpAdd& rule) {
  return factor_text("a_factor", rule.a_factor) + factor_text("b_factor", rule.b_factor) +
         factor_text("sum_factor", rule.sum_factor);
}

std::string rule_text(const DoubleAdd& rule) {
  return fmt::format(", a_scale: {}, b_scale: {}, scale: {}", rule.a_scale, rule.b_scale,
                     rule.scale);
}

std::string rule_text(const FixedAdd& rule) {
  return fmt::format(", a_factor: {}, b_factor: {}, shift: {}", rule.a_factor, rule.b_factor,
                     rule.shift);
}

}  // namespace

std::string factor_text(std::string_view key, const QuantizedMultiplier& factor) {
  return fmt::format(", {}: [{}, {}]", key, factor.multiplier, factor.shift);
}

std::string output_text(const IntNode& node) {
  return fmt::format(", type: {}, real_scale: {}", to_string(node.output.type), node.output.scale);
}

std::string codes_text(const IntNode& node, std::int32_t zero_point, const IntRange& clamp) {
  return fmt::format(", zero_point: {}{}{}", zero_point, clamp_text("clamp", clamp),
                     output_text(node));
}

std::string write_tool_op(const IntNode&, const IntBatchMatmul& op, const TensorKeys&) {
  return fmt::format(", transpose_a: {}, transpose_b: {}, zero_point_a: {}, zero_point_b: {}",
                     op.transpose_a, op.transpose_b, op.zero_point_a, op.zero_point_b);
}

std::string write_tool_op(const IntNode&, const IntMul& op, const TensorKeys&) {
  return fmt::format(", zero_point_a: {}, zero_point_b: {}", op.zero_point_a, op.zero_point_b);
}

std::string write_tool_op(const IntNode&, const IntClamp& op, const TensorKeys&) {
  return clamp_text("clamp", op.range);
}

std::string write_tool_op(const IntNode& node, const Lookup& op, const TensorKeys& keys) {
  return keys.add("table", op.table) + fmt::format(", lowest: {}, zero_point: {}{}", op.lowest,
                                                   node.output.zero_point, output_text(node));
}

std::string write_tool_op(const IntNode&, const RoundedAvgPool& op, const TensorKeys&) {
  return pool_text(op.window) + clamp_text("clamp", op.clamp);
}

std::string write_tool_op(const IntNode& node, const Requantise& op, const TensorKeys& keys) {
  std::string text = fmt::format(", dialect: {}", kDialectNames[op.dialect.index()]);
  text += dialect_text(op.dialect, keys);
  if (!op.bias.empty()) text += keys.add("bias", vector_tensor(op.bias));
  if (op.residual)
    text += keys.add("residual_factor", vector_tensor(op.residual->factors)) +
            fmt::format(", residual_zero_point: {}", op.residual->zero_point);
  return text + fmt::format(", input_zero_point: {}", op.input_zero_point) +
         codes_text(node, op.zero_point, op.clamp);
}

std::string write_tool_op(const IntNode& node, const RequantiseAdd& op, const TensorKeys&) {
  return fmt::format(", dialect: {}", kAddDialects[op.rule.index()]) +
         std::visit([](const auto& rule) { return rule_text(rule); }, op.rule) +
         fmt::format(", zero_point_a: {}, zero_point_b: {}, subtract: {}", op.zero_point_a,
                     op.zero_point_b, op.subtract) +
         codes_text(node, op.zero_point, op.clamp);
}

std::string write_tool_op(const IntNode& node, const QuantizeReal& op, const TensorKeys& keys) {
  const std::string steps =
      op.token_factors.empty()
          ? fmt::format(", factor: {}, zero_point: {}", op.factor, op.zero_point)
          : keys.add("factor", vector_tensor(op.token_factors)) +
                (op.subtract ? keys.add("zero_point", vector_tensor(op.token_zero_points)) : "") +
                fmt::format(", tokens: {}", op.token_factors.size());
  return fmt::format(", rule: {}{}{}, subtract: {}, clamp_again: {}{}",
                     kQuantizeRules[static_cast<std::size_t>(op.rule)], steps,
                     clamp_text("range", op.range), op.subtract, op.clamp_again, output_text(node));
}

std::string write_tool_op(const IntNode&, const FloatMulShift& op, const TensorKeys& keys) {
  return keys.add("scale", vector_tensor(op.scale)) + keys.add("bias", vector_tensor(op.bias)) +
         fmt::format(", shift: {}", op.shift) + tokens_text(op.tokens);
}

std::string write_tool_op(const IntNode&, const Pad& op, const TensorKeys&) {
  return fmt::format("{}, value: {}", amounts_text(op), op.value);
}

std::string write_tool_op(const IntNode&, const Dequantize&, const TensorKeys&) { return ""; }

}  // namespace systole
