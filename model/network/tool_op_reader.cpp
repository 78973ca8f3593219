// tool_op_reader.cpp: reads the ops of networks that other tools made from network.yaml.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "model/network/bundle_ops.h"
#include "model/network/ranges.h"
#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"

namespace systole {
namespace {

constexpr IntRange kInt32 = {std::numeric_limits<std::int32_t>::min(),
                             std::numeric_limits<std::int32_t>::max()};
constexpr IntRange kMultipliers = {0, std::numeric_limits<std::int32_t>::max()};
constexpr IntRange kFactorShifts = {-31, 30};
constexpr std::array<Rounding, 2> kDoubleRoundings = {Rounding::kHalfAway, Rounding::kHalfEven};
constexpr std::array<std::string_view, 2> kDoubleRoundingNames = {"half_away", "half_even"};

void expect_length(const OpFields& fields, std::string_view key, std::int64_t got,
                   std::int64_t channels) {
  if (got != 1 && channels != 1 && got != channels)
    throw fields.error(key, fmt::format("{} values", got),
                       fmt::format("1 or {}, as the others", channels));
}

std::vector<QuantizedMultiplier> read_factors(const OpFields& fields) {
  const IntTensor multiplier = fields.integers("multiplier", 1, kMultipliers);
  const IntTensor shift = fields.integers("shift", 1, kFactorShifts);
  if (shift.size() != multiplier.size())
    throw fields.error("shift", fmt::format("{} values", shift.size()),
                       fmt::format("{}, as multiplier has", multiplier.size()));
  std::vector<QuantizedMultiplier> factors(multiplier.data.size());
  for (std::size_t c = 0; c < factors.size(); ++c) factors[c] = {multiplier.data[c], shift.data[c]};
  return factors;
}

Dialect read_dialect(const OpFields& fields, std::vector<std::string> keys) {
  const std::size_t dialect = fields.yaml().get("dialect").as_choice(kDialectNames);
  const std::vector<std::string> own[] = {{"multiplier", "shift"},
                                          {"multiplier", "shift"},
                                          {"factor"},
                                          {"factor", "offset", "rounding", "tokens"}};
  keys.insert(keys.end(), own[dialect].begin(), own[dialect].end());
  fields.expect_keys(keys);
  switch (dialect) {
    case 0:
      return Gemmlowp{read_factors(fields)};
    case 1:
      return Ruy{read_factors(fields)};
    case 2:
      return Float32Scale{fields.floats("factor", 1).data};
    default: {
      DoubleScale scale{.factors = fields.doubles("factor", 1).data};
      if (fields.has("offset")) scale.offsets = fields.doubles("offset", 1).data;
      scale.tokens = read_tokens(fields);
      if (const auto rounding = fields.yaml().find("rounding"))
        scale.rounding = kDoubleRoundings[rounding->as_choice(kDoubleRoundingNames)];
      return scale;
    }
  }
}

IntOp read_requantise(const OpFields& fields, const Quantization&, Quantization& output) {
  Requantise op;
  std::vector<std::string> keys = {"dialect", "bias", "input_zero_point", "zero_point",
                                   "clamp",   "type", "real_scale"};
  const bool has_residual = fields.operand_count() > 1;
  if (has_residual) keys.insert(keys.end(), {"residual_factor", "residual_zero_point"});
  op.dialect = read_dialect(fields, keys);
  if (has_residual && !std::holds_alternative<DoubleScale>(op.dialect))
    throw fields.yaml().get("dialect").error("double, with a second operand");
  if (has_residual)
    op.residual = DoubleResidual{.factors = fields.doubles("residual_factor", 1).data,
                                 .zero_point = read_zero_point(fields, "residual_zero_point")};
  if (fields.has("bias")) op.bias = fields.integers("bias", 1, kInt32).data;
  const auto* scale = std::get_if<DoubleScale>(&op.dialect);
  const bool is_per_token = scale != nullptr && scale->tokens > 1;  // The bias is per channel.
  if (fields.has("bias") && !is_per_token)
    expect_length(fields, "bias", std::ssize(op.bias),
                  static_cast<std::int64_t>(factor_count(op.dialect)));
  op.input_zero_point = read_zero_point(fields, "input_zero_point");
  op.clamp = read_codes(fields, output);
  op.zero_point = output.zero_point;
  return op;
}

std::vector<std::string> rule_keys(std::size_t dialect) {
  const std::vector<std::string> keys[] = {{"a_factor", "b_factor", "sum_factor"},
                                           {"a_factor", "b_factor", "shift"},
                                           {"a_scale", "b_scale", "scale"}};
  return keys[dialect];
}

decltype(RequantiseAdd::rule) read_rule(const OpFields& fields, std::size_t dialect) {
  const auto factor = [&](std::string_view key) {
    return static_cast<std::int32_t>(fields.yaml().get(key).as_int(kInt32.lo, kInt32.hi));
  };
  const auto scale = [&](std::string_view key) { return read_scale(fields.yaml().get(key)); };
  switch (dialect) {
    case 0:
      return GemmlowpAdd{read_factor(fields, "a_factor"), read_factor(fields, "b_factor"),
                         read_factor(fields, "sum_factor")};
    case 1:
      return FixedAdd{factor("a_factor"), factor("b_factor"),
                      static_cast<int>(fields.yaml().get("shift").as_int(1, 62))};
    default:
      return DoubleAdd{scale("a_scale"), scale("b_scale"), scale("scale")};
  }
}

IntOp read_requantise_add(const OpFields& fields, const Quantization&, Quantization& output) {
  const std::size_t dialect = fields.yaml().get("dialect").as_choice(kAddDialects);
  std::vector<std::string> keys = rule_keys(dialect);
  for (const char* key : {"dialect", "zero_point_a", "zero_point_b", "subtract", "zero_point",
                          "clamp", "type", "real_scale"})
    keys.emplace_back(key);
  fields.expect_keys(keys);
  RequantiseAdd op;
  op.rule = read_rule(fields, dialect);
  op.zero_point_a = read_zero_point(fields, "zero_point_a");
  op.zero_point_b = read_zero_point(fields, "zero_point_b");
  op.subtract = read_flag(fields, "subtract");
  op.clamp = read_codes(fields, output);
  op.zero_point = output.zero_point;
  return op;
}

/// A factor of `quantize`: a step or its inverse.
float read_step(const Value& value) {
  const auto step = static_cast<float>(read_scale(value));
  if (!std::isnormal(step)) throw value.error("a normal number of single precision");
  return step;
}

/// One factor and zero point per token.
void read_token_steps(const OpFields& fields, QuantizeReal& op) {
  const std::int64_t tokens = read_tokens(fields);
  const auto expect_tokens = [&](std::string_view key, std::int64_t got) {
    if (got != tokens)
      throw fields.error(key, fmt::format("{} values", got),
                         fmt::format("{}, one per token", tokens));
  };
  op.token_factors = fields.floats("factor", 1).data;
  expect_tokens("factor", std::ssize(op.token_factors));
  for (const float factor : op.token_factors)
    if (!std::isnormal(factor) || factor < 0)
      throw fields.error("factor", fmt::format("{}", factor),
                         "normal numbers of single precision above 0");
  op.token_zero_points.assign(static_cast<std::size_t>(tokens), 0);
  if (!fields.has("zero_point")) return;
  op.token_zero_points = fields.integers("zero_point", 1, kZeroPoints).data;
  expect_tokens("zero_point", std::ssize(op.token_zero_points));
  if (!read_flag(fields, "subtract"))
    throw fields.error("zero_point", "zero points of tokens that stay in the codes",
                       "subtract: true");
}

IntOp read_quantize(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"rule", "factor", "zero_point", "range", "subtract", "clamp_again", "type",
                      "real_scale", "tokens"});
  QuantizeReal op;
  op.rule = static_cast<QuantizeRule>(fields.yaml().get("rule").as_choice(kQuantizeRules));
  if (fields.has("tokens"))
    read_token_steps(fields, op);
  else
    op.factor = read_step(fields.yaml().get("factor"));
  op.subtract = read_flag(fields, "subtract");
  op.clamp_again = read_flag(fields, "clamp_again");
  const IntType widest = {.bits = 17};
  op.range = fields.has("range") ? read_clamp(fields, "range", widest)
                                 : read_clamp(fields, "range", read_output(fields).type);
  if (op.token_factors.empty()) op.zero_point = read_zero_point(fields, "zero_point");
  if (!op.subtract && !op.range.contains(op.zero_point))
    throw fields.error("zero_point", fmt::format("{}", op.zero_point),
                       fmt::format("a code in [{}, {}]", op.range.lo, op.range.hi));
  output = read_output(fields);
  output.zero_point = op.subtract ? 0 : op.zero_point;
  const IntRange codes = output.type.range();
  const IntRange result = output_range(op, {IntRange{}});
  if (!codes.contains(result.lo) || !codes.contains(result.hi))
    throw fields.error("type", to_string(output.type),
                       fmt::format("a type that holds [{}, {}]", result.lo, result.hi));
  return op;
}

IntOp read_lookup(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"table", "lowest", "type", "real_scale", "zero_point"});
  output = read_output(fields);
  output.zero_point = read_zero_point(fields, "zero_point");
  return Lookup{.table = fields.integers("table", 1, output.type.range()),
                .lowest = static_cast<std::int32_t>(
                    fields.yaml().get("lowest").as_int(kZeroPoints.lo, kZeroPoints.hi))};
}

IntOp read_batch_matmul(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"transpose_a", "transpose_b", "zero_point_a", "zero_point_b"});
  return IntBatchMatmul{.transpose_a = read_flag(fields, "transpose_a"),
                        .transpose_b = read_flag(fields, "transpose_b"),
                        .zero_point_a = read_zero_point(fields, "zero_point_a"),
                        .zero_point_b = read_zero_point(fields, "zero_point_b")};
}

IntOp read_mul(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"zero_point_a", "zero_point_b"});
  return IntMul{.zero_point_a = read_zero_point(fields, "zero_point_a"),
                .zero_point_b = read_zero_point(fields, "zero_point_b")};
}

IntOp read_clamp_op(const OpFields& fields, const Quantization& operand, Quantization&) {
  fields.expect_keys({"clamp"});
  fields.yaml().get("clamp");
  return IntClamp{.range = read_clamp(fields, "clamp", operand.type)};
}

IntOp read_rounded_avg_pool(const OpFields& fields, const Quantization& operand, Quantization&) {
  fields.expect_keys({"kernel", "stride", "padding", "dilation", "clamp"});
  return RoundedAvgPool{.window = fields.pool_window(),
                        .clamp = read_clamp(fields, "clamp", operand.type)};
}

IntOp read_float_mul_shift(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"scale", "bias", "shift", "tokens"});
  FloatMulShift op{.scale = fields.floats("scale", 1).data,
                   .bias = fields.floats("bias", 1).data,
                   .shift = static_cast<int>(fields.yaml().get("shift").as_int(0, 62))};
  op.tokens = read_tokens(fields);
  if (op.tokens == 1) expect_length(fields, "bias", std::ssize(op.bias), std::ssize(op.scale));
  return op;
}

IntOp read_pad(const OpFields& fields, const Quantization&, Quantization&) {
  fields.expect_keys({"amounts", "value"});
  return Pad{.amounts = fields.amounts(), .value = read_zero_point(fields, "value")};
}

IntOp read_dequantize(const OpFields& fields, const Quantization& operand, Quantization&) {
  fields.expect_keys({});
  return Dequantize{.operand = operand};
}

constexpr ToolOp kToolOps[] = {{"int_batch_matmul", read_batch_matmul},
                               {"int_mul", read_mul},
                               {"clamp", read_clamp_op},
                               {"lookup", read_lookup},
                               {"rounded_avg_pool", read_rounded_avg_pool},
                               {"requantise", read_requantise},
                               {"requantise_add", read_requantise_add},
                               {"quantize", read_quantize},
                               {"float_mul_shift", read_float_mul_shift},
                               {"pad", read_pad},
                               {"dequantize", read_dequantize}};

}  // namespace

QuantizedMultiplier read_factor(const OpFields& fields, std::string_view key) {
  const Value value = fields.yaml().get(key);
  if (!value.is_sequence() || value.items().size() != 2) throw value.error("[multiplier, shift]");
  const std::vector<Value> items = value.items();
  return {static_cast<std::int32_t>(items[0].as_int(kMultipliers.lo, kMultipliers.hi)),
          static_cast<int>(items[1].as_int(kFactorShifts.lo, kFactorShifts.hi))};
}

std::span<const ToolOp> tool_ops() { return kToolOps; }

}  // namespace systole
