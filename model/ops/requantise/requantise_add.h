// requantise_add.h: sums of two codes in the arithmetic of other tools.
#pragma once

#include <cstdint>
#include <variant>

#include "model/ops/requantise/gemmlowp.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// The sum or difference of two codes in TFLite's reference kernels:
/// t = mbqm((a - zp_a) << 20, a_factor) +- mbqm((b - zp_b) << 20, b_factor);
/// clamp(zero_point + mbqm(t, sum_factor)). The shift by 20 and the sum wrap at 32 bits.
struct GemmlowpAdd {
  QuantizedMultiplier a_factor, b_factor, sum_factor;
  bool operator==(const GemmlowpAdd&) const = default;
};
/// The sum in XNNPACK: clamp(zero_point + (((a - zp_a) * a_factor +- (b - zp_b) * b_factor +
/// 2^(shift-1)) >> shift)), an arithmetic shift; exact while the sum is below 2^63.
struct FixedAdd {
  std::int32_t a_factor = 0, b_factor = 0;
  int shift = 1;  ///< In [1, 62].
  bool operator==(const FixedAdd&) const = default;
};

/// The sum of dequantised operands in double, as QDQ and AIMET's simulator mean it:
/// clamp(zero_point + rne(((a - zp_a) * a_scale +- (b - zp_b) * b_scale) / scale)).
struct DoubleAdd {
  double a_scale = 1, b_scale = 1, scale = 1;  ///< Above 0.
  bool operator==(const DoubleAdd&) const = default;
};

struct RequantiseAdd {
  std::variant<GemmlowpAdd, FixedAdd, DoubleAdd> rule;
  std::int32_t zero_point_a = 0;
  std::int32_t zero_point_b = 0;
  bool subtract = false;
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const RequantiseAdd&) const = default;
};

/// Operands of one shape (8- or 16-bit codes: at most 11 bits less the zero point in
/// `GemmlowpAdd`).
IntTensor requantise_add(const IntTensor& a, const IntTensor& b, const RequantiseAdd& op);

}  // namespace systole
