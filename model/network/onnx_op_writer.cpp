// onnx_op_writer.cpp: writes the ops that came with ONNX networks.
#include <fmt/format.h>

#include "model/network/tool_op_names.h"
#include "model/network/tool_op_writer.h"

namespace systole {

std::string write_tool_op(const IntNode& node, const RequantiseBlocks& op, const TensorKeys& keys) {
  return fmt::format(", blocks: {}", op.blocks) + keys.add("factor", vector_tensor(op.factors)) +
         keys.add("offset", vector_tensor(op.offsets)) + codes_text(node, op.zero_point, op.clamp);
}

std::string write_tool_op(const IntNode&, const SplitCodes& op, const TensorKeys&) {
  return fmt::format(", part: {}, zero_point: {}",
                     kCodePartNames[static_cast<std::size_t>(op.part)], op.zero_point);
}

std::string write_tool_op(const IntNode&, const JoinSums&, const TensorKeys&) { return ""; }

}  // namespace systole
