// fake_quantize.h: a tensor through its quantizer: to reals on the grid, to codes, and back.
#pragma once

#include "model/quant/tensor_encoding.h"
#include "model/tensor/tensor.h"

namespace systole {

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

/// Elements that are more than half a step beyond the outermost codes, or beyond the largest number
/// of a float format. Throws InputError when the encoding does not fit the tensor.
std::int64_t count_clipped(const FloatTensor& x, const Encoding& encoding);

}  // namespace systole
