// transformer_op_writer.cpp: writes softmaxes and constants of integer networks.
#include <fmt/format.h>

#include "model/network/tool_op_fields.h"
#include "model/network/tool_op_names.h"
#include "model/network/tool_op_writer.h"

namespace systole {

std::string write_tool_op(const IntNode& node, const GemmlowpSoftmax& op, const TensorKeys&) {
  return fmt::format(", dialect: {}", kSoftmaxDialects[0]) + factor_text("beta", op.beta) +
         fmt::format(", diff_min: {}", op.diff_min) + codes_text(node, op.zero_point, op.clamp);
}

std::string write_tool_op(const IntNode& node, const RealSoftmax& op, const TensorKeys&) {
  const std::string text =
      fmt::format(", dialect: {}, operand_scale: {}",
                  kSoftmaxDialects[static_cast<std::size_t>(op.rule) + 1], op.operand_scale);
  if (op.rule == SoftmaxRule::kTimes)
    return text + fmt::format(", factor: {}, type: {}", op.factor, to_string(node.output.type));
  return text + codes_text(node, op.zero_point, op.clamp);
}

std::string write_tool_op(const IntNode& node, const ScoreSoftmax& op, const TensorKeys& keys) {
  return keys.add("scale", vector_tensor(op.scale)) + keys.add("bias", vector_tensor(op.bias)) +
         fmt::format(", shift: {}, arithmetic: {}", op.shift, kScoreArithmetics[op.is_double]) +
         keys.add("relative_bias", op.relative_bias) + keys.add("window_mask", op.window_mask) +
         fmt::format(", factor: {}, type: {}", op.factor, to_string(node.output.type));
}

std::string write_tool_op(const IntNode& node, const IntConstant& op, const TensorKeys& keys) {
  return keys.add("value", op.value) +
         fmt::format(", zero_point: {}{}", node.output.zero_point, output_text(node));
}

}  // namespace systole
