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
std::string write_tool_op(const IntNode& node, const Reshape& op, const TensorKeys& keys);
std::string write_tool_op(const IntNode& node, const Dequantize& op, const TensorKeys& keys);

}  // namespace systole
