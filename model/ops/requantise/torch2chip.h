// torch2chip.h: Torch2Chip's float32 arithmetic between two integer layers.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// MulShift: t = f32(x * scale); t = f32(t + bias); y = f32(t * 2^-shift), a real.
struct FloatMulShift {
  std::vector<float> scale;  ///< One per channel, or one for all; integers in an export.
  std::vector<float> bias;   ///< Likewise.
  int shift = 0;             ///< sfl, in [0, 62].
  std::int64_t tokens = 1;   ///< Rows of `scale` and `bias`: token_constants.h.
  bool operator==(const FloatMulShift&) const = default;
};

/// x [.., channels], the accumulators as float32 (exact below 2^24) or reals.
FloatTensor float_mul_shift(const FloatTensor& x, const FloatMulShift& op);
FloatTensor float_mul_shift(const IntTensor& x, const FloatMulShift& op);

/// How a real becomes a code.
enum class QuantizeRule : std::uint8_t {
  kMultiply,        ///< Torch2Chip: rne(f32(x * factor)), factor = 1 / step.
  kDivideHalfAway,  ///< TFLite: round(f32(x / factor)), ties away from zero, factor = step.
  kDivideHalfEven,  ///< ONNX: rne(f32(x / factor)).
};

/// q = clamp(rule(x) + zero_point, lo, hi); with `subtract` then q - zero_point, and with
/// `clamp_again` clamped to [lo, hi] once more. A NaN becomes lo before the subtraction. With
/// constants per token, row r of a tensor takes those of token r mod N instead of `factor` and
/// `zero_point`.
struct QuantizeReal {
  QuantizeRule rule = QuantizeRule::kMultiply;
  float factor = 1;
  std::int32_t zero_point = 0;
  IntRange range;
  bool subtract = false;
  bool clamp_again = false;
  std::vector<float> token_factors = {};             ///< None, or N.
  std::vector<std::int32_t> token_zero_points = {};  ///< None, or N.
  bool operator==(const QuantizeReal&) const = default;
};

/// One real; the op has no constants per token.
std::int32_t quantize_real(float x, const QuantizeReal& op);
/// x [.., channels].
IntTensor quantize_real(const FloatTensor& x, const QuantizeReal& op);

}  // namespace systole
