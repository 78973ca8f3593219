// tensor_encoding.h: one tensor's quantizer: how it is quantised, and every group's scale.
#pragma once

#include <cstdint>
#include <string>

#include "model/quant/grouping.h"
#include "model/quant/quant_spec.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What the numbers of `Encoding::scale` are.
enum class ScaleKind : std::uint8_t {
  kStep,    ///< Δ, what one code is worth: AIMET, ONNX, TFLite.
  kInverse  ///< S = 1/Δ: Torch2Chip.
};

/// real = (code - zero_point) Δ (model/README.md, quantize and dequantize). A scale is held as it
/// was given, Δ or 1/Δ: one in six doubles does not come back from 1/(1/x).
struct Encoding {
  std::string name;  ///< Of the tensor: what files and errors call it.
  QuantSpec spec;
  ScaleKind scale_is = ScaleKind::kStep;
  Tensor<double> scale;  ///< One per group, finite and above 0; of the shape of `Grouping::shape`.
  IntTensor zero_point;  ///< The same shape; AIMET's offset is -zero_point.

  bool operator==(const Encoding&) const = default;
};

/// Throws InputError, naming the tensor, unless the spec, the scales and the zero points are what
/// Encoding says. Zero points are 0 of symmetric and of float formats, and else in [-2^30, 2^30].
void check_encoding(const Encoding& encoding);

/// The same, and cuts a tensor of this shape into the encoding's groups, whose shape must be that
/// of the scales.
Grouping check_encoding(const Encoding& encoding, const Shape& tensor);

/// The codes of an integer format. Throws InputError, naming the tensor, of a float format.
IntRange code_range(const Encoding& encoding);

/// Every group's Δ, or 1/Δ: as held where `scale_is` says so, else the double nearest to the
/// inverse.
Tensor<double> steps(const Encoding& encoding);
Tensor<double> inverse_steps(const Encoding& encoding);

/// The same encoding with its scales held as `kind`. Throws InputError, naming the first group
/// whose scale would not come back from the inverse of its inverse: nothing is lost unsaid.
Encoding with_scale_kind(const Encoding& encoding, ScaleKind kind);

/// -zero_point of every group, and back; exact.
IntTensor offsets(const Encoding& encoding);
IntTensor zero_points_of(const IntTensor& offsets);

}  // namespace systole
