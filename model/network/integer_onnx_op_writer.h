// integer_onnx_op_writer.h: writes the ops of integer ONNX networks; private to model/network/.
#pragma once

#include <string>

#include "model/network/network.h"
#include "model/network/tensor_keys.h"

namespace systole {

/// The keys of one op behind `name`, `op` and `inputs`, as `write_op` gives them.
std::string write_integer_onnx_op(const IntNode& node, const ILayerNorm& op,
                                  const TensorKeys& keys);
std::string write_integer_onnx_op(const IntNode& node, const ItaMax& op);
std::string write_integer_onnx_op(const IGelu& op);
std::string write_integer_onnx_op(const IntegerMean& op);

}  // namespace systole
