// float32.h: requantisation in single precision, as XNNPACK and ONNX Runtime do it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace systole {

/// rne(f32(f32(acc) * factor)), saturated to 32 bits; every operation is rounded separately.
inline std::int32_t requantise_float32(std::int32_t acc, float factor) {
  const float product = static_cast<float>(acc) * factor;
  const double inside = std::clamp(double{product}, -0x1p31, 0x1p31 - 1);
  // A double near 1.5 * 2^52 has no fractional bits, so the sum rounds ties to even.
  constexpr double kWhole = 0x1.8p52;
  return static_cast<std::int32_t>((inside + kWhole) - kWhole);
}

struct Float32Scale {
  std::vector<float> factors;  ///< f32(f32(s_x * s_w) / s_y), one per channel, or one for all.
  bool operator==(const Float32Scale&) const = default;
};

}  // namespace systole
