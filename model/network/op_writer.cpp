// op_writer.cpp: writes ops to network.yaml and their tensors to the bundle.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/network/bundle_ops.h"
#include "model/network/integer_onnx_op_writer.h"
#include "model/network/movement_fields.h"
#include "model/network/overloaded.h"
#include "model/network/quant_text.h"
#include "model/network/tool_op_writer.h"

namespace systole {
namespace {

/// Nothing for the default: older bundles keep their bytes.
std::string zero_point_text(std::int32_t zero_point) {
  return zero_point == 0 ? "" : fmt::format(", input_zero_point: {}", zero_point);
}

std::string conv2d_text(const Conv2dParams& params) {
  return fmt::format("{}, groups: {}", window_text(params.window), params.groups);
}

}  // namespace

std::string window_text(const Window& window) {
  return fmt::format(", stride: [{}], padding: [{}], dilation: [{}]",
                     fmt::join(window.stride, ", "), fmt::join(window.padding, ", "),
                     fmt::join(window.dilation, ", "));
}

std::string pool_text(const Window& window) {
  return fmt::format(", kernel: [{}]{}", fmt::join(window.kernel, ", "), window_text(window));
}

std::string amounts_text(const Pad& pad) {
  std::vector<std::string> pairs;
  for (const auto& [before, after] : pad.amounts)
    pairs.push_back(fmt::format("[{}, {}]", before, after));
  return fmt::format(", amounts: [{}]", fmt::join(pairs, ", "));
}

SafetensorsEntry encode_narrow(std::string name, const IntTensor& tensor) {
  return encode(std::move(name), tensor, storage_type(tensor));
}

std::string write_float_op(const std::string& name, const FloatOp& float_op,
                           std::vector<SafetensorsEntry>& tensors) {
  const TensorKeys keys{name, tensors};
  const auto nothing = [](const auto&) { return std::string(); };
  return std::visit(
      Overloaded{[&](const Conv2d& op) {
                   return keys.add("weight", op.weight) + keys.add("bias", op.bias) +
                          conv2d_text(op.params);
                 },
                 [&](const Linear& op) {
                   return keys.add("weight", op.weight) + keys.add("bias", op.bias);
                 },
                 [&](const BatchNorm& op) {
                   return keys.add("gamma", op.gamma) + keys.add("beta", op.beta) +
                          keys.add("mean", op.mean) + keys.add("variance", op.variance) +
                          fmt::format(", epsilon: {}", op.epsilon);
                 },
                 [&](const MaxPool& op) { return pool_text(op.window); },
                 [&](const AvgPool& op) {
                   return fmt::format("{}, count_include_pad: {}", pool_text(op.window),
                                      op.count_include_pad);
                 },
                 [&](const Relu& op) {
                   return std::isinf(op.max) ? "" : fmt::format(", max: {}", op.max);
                 },
                 [&](const Add& op) { return nothing(op); },
                 [&](const GlobalAvgPool& op) { return nothing(op); },
                 [&](const Concat& op) { return nothing(op); },
                 [&](const Flatten& op) { return nothing(op); },
                 [&](const Pad& op) { return amounts_text(op); },
                 [&](const Identity& op) { return nothing(op); },
                 [&](const Dropout& op) { return fmt::format(", rate: {}", op.rate); },
                 [&](const LayerNorm& op) {
                   return keys.add("gamma", op.gamma) + keys.add("beta", op.beta) +
                          fmt::format(", epsilon: {}", op.epsilon);
                 },
                 [&](const BatchMatmul& op) {
                   return fmt::format(", transpose_a: {}, transpose_b: {}", op.transpose_a,
                                      op.transpose_b);
                 },
                 [&](const Scale& op) { return fmt::format(", factor: {}", op.factor); },
                 [&](const Gelu& op) {
                   return fmt::format(", form: {}",
                                      kGeluFormNames[static_cast<std::size_t>(op.form)]);
                 },
                 [&](const AddConstant& op) { return keys.add("value", op.value); },
                 [&](const ClassToken& op) { return keys.add("value", op.value); },
                 [&](const Embedding& op) { return keys.add("table", op.table); },
                 [&](const MaskScores& op) { return fmt::format(", value: {}", op.value); },
                 [&](const Softmax& op) { return nothing(op); },
                 [&](const Tanh& op) { return nothing(op); },
                 [&](const auto& movement) { return movement_text(movement); }},
      float_op);
}

std::string write_op(const FloatNode& node, std::vector<SafetensorsEntry>& tensors) {
  return write_float_op(node.name, node.op, tensors);
}

std::string write_op(const IntNode& node, std::vector<SafetensorsEntry>& tensors) {
  const TensorKeys keys{node.name, tensors};
  const bool has_residual = node.inputs.size() > 1;
  return std::visit(
      Overloaded{
          [&](const IntConv2d& op) {
            return keys.add("weight", op.weight) + conv2d_text(op.params) +
                   fmt::format(", pad_value: {}{}", op.params.pad_value,
                               zero_point_text(op.input_zero_point));
          },
          [&](const IntMatmul& op) {
            return keys.add("weight", op.weight) + zero_point_text(op.input_zero_point);
          },
          [&](const MulShift& op) { return write_channels(node.name, op.channels, tensors); },
          [&](const MulQuant& op) { return write_quant(node, op, has_residual, tensors); },
          [&](const IntAdd& op) { return write_quant(node, op.quant, true, tensors); },
          [&](const IntRelu& op) { return fmt::format(", zero_point: {}", op.zero_point); },
          [&](const IntMaxPool& op) { return pool_text(op.window); },
          [&](const IntSumPool& op) {
            return fmt::format("{}, zero_point: {}", pool_text(op.window), op.zero_point);
          },
          [&](const IntAvgPool& op) { return write_avg_pool(node, op, tensors); },
          [](const IntConcat&) { return std::string(); },
          [](const IntFlatten&) { return std::string(); },
          [&](const FloatIsland& op) { return write_float_op(node.name, op.op, tensors); },
          [&](const ILayerNorm& op) { return write_integer_onnx_op(node, op, keys); },
          [&](const ItaMax& op) { return write_integer_onnx_op(node, op); },
          [](const IGelu& op) { return write_integer_onnx_op(op); },
          [](const IntegerMean& op) { return write_integer_onnx_op(op); },
          [](const Reshape& op) { return movement_text(op); },
          [](const Transpose& op) { return movement_text(op); },
          [](const Slice& op) { return movement_text(op); },
          [](const Roll& op) { return movement_text(op); },
          [&](const auto& op) { return write_tool_op(node, op, keys); }},
      node.op);
}

}  // namespace systole
