// fake_quantize.h: a tensor through its quantizer: to reals on the grid, to codes, and back.
#pragma once

#include <cstdint>

#include "model/quant/tensor_encoding.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What x / Δ and the way back are computed in. Dialects differ (model/README.md, Dialects); where
/// a tool says nothing it is double, rounded to float once at the end.
enum class Arithmetic : std::uint8_t {
  kDouble,
  /// Every operation rounded to float32 on its own, with the scale as it is held: f32(x / f32(Δ))
  /// and f32((q - zp) f32(Δ)) as AIMET's simulator and ONNX's reference do, f32(x f32(S)) and
  /// f32((q - zp) / f32(S)) as Torch2Chip does. A scale must be a normal float32.
  kFloat32
};

/// code = clamp(round(x / Δ) + zero_point, range), rounded as the spec says, group by group
/// (model/README.md, quantize). Throws InputError, naming tensor and element, when an element is
/// not finite, when the encoding does not fit the tensor, or when its format is a float format.
IntTensor quantize(const FloatTensor& x, const Encoding& encoding,
                   Arithmetic arithmetic = Arithmetic::kDouble);

/// x = (code - zero_point) Δ. Throws InputError as above, and when a code is out of range.
FloatTensor dequantize(const IntTensor& codes, const Encoding& encoding,
                       Arithmetic arithmetic = Arithmetic::kDouble);

/// The training view. Integers: dequantize(quantize(x)), element by element. Float formats: Δ times
/// the format's number nearest to x / Δ, which without saturation may be infinite or NaN.
FloatTensor fake_quantize(const FloatTensor& x, const Encoding& encoding,
                          Arithmetic arithmetic = Arithmetic::kDouble);

}  // namespace systole
