// bundle_ops.h: how ops stand in network.yaml; private to model/network/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/network/network.h"
#include "model/network/op_fields.h"
#include "model/tensor/safetensors.h"

namespace systole {

/// What a tensor holds: integers of this quantization, or reals.
struct Meaning {
  Quantization quantization;
  bool is_float = false;
};

/// Reads the op of an entry; the node's name and inputs are the caller's.
void read_op(const OpFields& fields, const std::vector<Meaning>& operands, FloatNode& node);
void read_op(const OpFields& fields, const std::vector<Meaning>& operands, IntNode& node);

/// An op of float networks; inside integer networks its name has the prefix "float_".
struct FloatOpReader {
  std::string_view name;
  FloatOp (*read)(const OpFields& fields);
};
std::span<const FloatOpReader> float_ops();
std::span<const FloatOpReader> float_transformer_ops();
/// Movements, which an integer network has without prefix.
std::span<const FloatOpReader> float_movements();

/// Ops of networks that other tools made.
struct ToolOp {
  std::string_view name;
  IntOp (*read)(const OpFields& fields, const Quantization& operand, Quantization& output);
};
std::span<const ToolOp> tool_ops();
std::span<const ToolOp> onnx_ops();
std::span<const ToolOp> integer_onnx_ops();
std::span<const ToolOp> transformer_ops();

/// One op's keys behind `name`, `op` and `inputs` (", weight: conv1.weight, ..."); its tensors are
/// appended to `tensors`.
std::string write_op(const FloatNode& node, std::vector<SafetensorsEntry>& tensors);
std::string write_op(const IntNode& node, std::vector<SafetensorsEntry>& tensors);

/// ", stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1]".
std::string window_text(const Window& window);
/// ", kernel: [2, 2], stride: ...".
std::string pool_text(const Window& window);
/// ", amounts: [[1, 1], [0, 2], [0, 0]]".
std::string amounts_text(const Pad& pad);

/// A tensor in the narrowest integer dtype that holds its values.
SafetensorsEntry encode_narrow(std::string name, const IntTensor& tensor);

}  // namespace systole
