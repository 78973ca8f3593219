// transformer_op_reader.cpp: reads softmaxes, constants and movements of integer networks.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/network/bundle_ops.h"
#include "model/network/movement_fields.h"
#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"

namespace systole {
namespace {

constexpr IntRange kFactors = {1, 65535};
constexpr IntRange kInt32 = {std::numeric_limits<std::int32_t>::min(),
                             std::numeric_limits<std::int32_t>::max()};

/// The factor of probabilities, in `type`.
std::int32_t read_probabilities(const OpFields& fields, Quantization& output) {
  const auto factor = static_cast<std::int32_t>(fields.integer_or("factor", 255, kFactors));
  const Value type = fields.yaml().get("type");
  if (!parse_int_type(type.as_string(), output.type) || output.type.bits > 17 ||
      (output.type.bits == 17 && !output.type.is_signed) || !output.type.range().contains(factor))
    throw type.error(fmt::format(
        "one of int1 to int17, uint1 to uint16 that holds 0 to {}, the factor", factor));
  output.scale = 1.0 / factor;
  return factor;
}

IntOp read_times_softmax(const OpFields& fields, Quantization& output) {
  fields.expect_keys({"dialect", "operand_scale", "factor", "type"});
  RealSoftmax op{.rule = SoftmaxRule::kTimes,
                 .operand_scale = read_scale(fields.yaml().get("operand_scale"))};
  op.factor = read_probabilities(fields, output);
  op.clamp = {0, static_cast<std::int64_t>(op.factor)};
  return op;
}

IntOp read_real_softmax(const OpFields& fields, SoftmaxRule rule, Quantization& output) {
  if (rule == SoftmaxRule::kTimes) return read_times_softmax(fields, output);
  fields.expect_keys({"dialect", "operand_scale", "zero_point", "clamp", "type", "real_scale"});
  RealSoftmax op{.rule = rule, .operand_scale = read_scale(fields.yaml().get("operand_scale"))};
  op.clamp = read_codes(fields, output);
  op.zero_point = output.zero_point;
  op.output_scale = output.scale;
  return op;
}

IntOp read_softmax(const OpFields& fields, const Quantization&, Quantization& output) {
  const std::size_t dialect = fields.yaml().get("dialect").as_choice(kSoftmaxDialects);
  if (dialect > 0) return read_real_softmax(fields, static_cast<SoftmaxRule>(dialect - 1), output);
  fields.expect_keys({"dialect", "beta", "diff_min", "zero_point", "clamp", "type", "real_scale"});
  GemmlowpSoftmax op{.beta = read_factor(fields, "beta")};
  if (op.beta.shift < 0)
    throw fields.error("beta", fmt::format("a shift of {}", op.beta.shift), "a shift of 0 to 30");
  // A difference is shifted to the left and must not wrap.
  const std::int64_t least = std::max<std::int64_t>(-65536, -(kInt32.hi >> op.beta.shift));
  op.diff_min = static_cast<int>(fields.yaml().get("diff_min").as_int(least, 0));
  op.clamp = read_codes(fields, output);
  op.zero_point = output.zero_point;
  return op;
}

IntOp read_score_softmax(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys(
      {"scale", "bias", "shift", "arithmetic", "relative_bias", "window_mask", "factor", "type"});
  ScoreSoftmax op{.scale = fields.floats("scale", 1).data,
                  .bias = fields.floats("bias", 1).data,
                  .shift = static_cast<int>(fields.yaml().get("shift").as_int(0, 62))};
  op.is_double = fields.yaml().get("arithmetic").as_choice(kScoreArithmetics) == 1;
  if (fields.has("relative_bias")) op.relative_bias = fields.floats("relative_bias");
  if (fields.has("window_mask")) op.window_mask = fields.floats("window_mask");
  op.factor = read_probabilities(fields, output);
  return op;
}

IntOp read_constant(const OpFields& fields, const Quantization&, Quantization& output) {
  fields.expect_keys({"value", "type", "real_scale", "zero_point"});
  output = read_output(fields);
  output.zero_point = read_zero_point(fields, "zero_point");
  return IntConstant{.value = fields.integers("value", output.type.range())};
}

template <auto kRead>
IntOp read_movement(const OpFields& fields, const Quantization&, Quantization&) {
  return kRead(fields);
}

constexpr ToolOp kTransformerOps[] = {{"softmax", read_softmax},
                                      {"score_softmax", read_score_softmax},
                                      {"constant", read_constant},
                                      {"reshape", read_movement<read_reshape>},
                                      {"transpose", read_movement<read_transpose>},
                                      {"slice", read_movement<read_slice>},
                                      {"roll", read_movement<read_roll>}};

}  // namespace

std::span<const ToolOp> transformer_ops() { return kTransformerOps; }

}  // namespace systole
