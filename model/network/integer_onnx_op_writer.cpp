// integer_onnx_op_writer.cpp: writes the ops of integer ONNX networks.
#include "model/network/integer_onnx_op_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace systole {
namespace {

std::string output_text(const IntNode& node) {
  return fmt::format(", type: {}, real_scale: {}", to_string(node.output.type), node.output.scale);
}

}  // namespace

std::string write_integer_onnx_op(const IntNode& node, const ILayerNorm& op,
                                  const TensorKeys& keys) {
  return keys.add("weight", op.weight) + keys.add("bias", op.bias) +
         fmt::format(", shift: {}, clamp: [{}, {}]{}", op.shift, op.clamp.lo, op.clamp.hi,
                     output_text(node));
}

std::string write_integer_onnx_op(const IntNode& node, const ItaMax& op) {
  return fmt::format(", bits: {}{}", op.bits, output_text(node));
}

std::string write_integer_onnx_op(const IGelu& op) {
  return fmt::format(", b: {}, one: {}", op.b, op.one);
}

std::string write_integer_onnx_op(const IntegerMean& op) {
  return fmt::format(", axes: [{}], keep_axes: {}", fmt::join(op.axes, ", "), op.keep_axes);
}

}  // namespace systole
