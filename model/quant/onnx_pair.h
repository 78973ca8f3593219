// onnx_pair.h: a quantizer as the operands of ONNX's QuantizeLinear.
#pragma once

#include <cstdint>
#include <string>

#include "model/quant/tensor_encoding.h"

namespace systole {

/// The operands and attributes of QuantizeLinear and DequantizeLinear, opset 21: a scalar is per
/// tensor, a vector per index of `axis`, more dimensions are blocks of `block_size` along `axis`.
/// There, each other dimension is the tensor's extent, or 1 for all of it (AIMET 2.0.0 writes
/// [O, blocks, 1, 1] for a convolution's weights).
struct OnnxPair {
  Tensor<double> scale;
  IntTensor zero_point;  ///< The shape of `scale`.
  IntType type;
  int axis = 0;                 ///< Of vectors and blocks.
  std::int64_t block_size = 0;  ///< Of blocks; 0 elsewhere.

  bool operator==(const OnnxPair&) const = default;
};

/// Throws InputError, naming `name`, unless the operands are what QuantizeLinear takes and an
/// Encoding holds. Signed types without zero points are symmetric; all others are affine.
Encoding from_onnx(const OnnxPair& pair, const std::string& name);

/// The same quantizer; Δ as `steps` gives it. PerToken becomes a vector, as PerChannel does, and
/// rounding is not held: QuantizeLinear rounds half to even. Throws InputError for what ONNX has no
/// place for: float formats, narrow ranges, blocks along several axes, another rounding.
OnnxPair to_onnx(const Encoding& encoding);

}  // namespace systole
