// quantize.h: reals to codes and back.
#pragma once

#include <cstdint>
#include <span>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What a code stands for: real = (code - zero_point) * scale.
struct Quantizer {
  double scale = 1.0;  ///< Greater than 0.
  std::int32_t zero_point = 0;
  IntType type;

  bool operator==(const Quantizer&) const = default;
};

/// clamp(round_half_even(x / scale) + zero_point, type's range), in double. A NaN becomes the
/// lowest code.
std::int32_t quantize(double x, const Quantizer& quantizer);
/// (code - zero_point) * scale, in double.
double dequantize(std::int32_t code, const Quantizer& quantizer);

/// Every element of x [rows x channels]; `quantizers` has one entry for all channels or one each.
IntTensor quantize(const FloatTensor& x, std::span<const Quantizer> quantizers);
/// The same for codes, rounded once to float.
FloatTensor dequantize(const IntTensor& codes, std::span<const Quantizer> quantizers);

IntTensor quantize(const FloatTensor& x, const Quantizer& quantizer);
FloatTensor dequantize(const IntTensor& codes, const Quantizer& quantizer);

}  // namespace systole
