// tool_op_writer.h: writes the ops of networks that other tools made; private to model/network/.
#pragma once

#include <string>

#include "model/network/network.h"
#include "model/network/tensor_keys.h"

namespace systole {

/// The keys of one op behind `name`, `op` and `inputs`, as `write_op` gives them.
std::string write_tool_op(const IntNode& node, const IntBatchMatmul& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const IntMul& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const IntClamp& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const Lookup& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const RoundedAvgPool& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const Requantise& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const RequantiseAdd& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const GemmlowpSoftmax& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const QuantizeReal& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const FloatMulShift& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const Pad& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const Dequantize& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const RequantiseBlocks& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const RealSoftmax& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const SplitCodes& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const JoinSums& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const ScoreSoftmax& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const IntConstant& op, const TensorKeys& keys);

/// ", type: int8, real_scale: 0.5".
std::string output_text(const IntNode& node);
/// ", zero_point: 0, clamp: [-128, 127]" and `output_text`.
std::string codes_text(const IntNode& node, std::int32_t zero_point, const IntRange& clamp);

}  // namespace systole
