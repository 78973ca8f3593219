// float32.h: requantisation in single precision, as XNNPACK and ONNX Runtime do it.
#pragma once

#include <cstdint>
#include <vector>

namespace systole {

/// rne(f32(f32(acc) * factor)), saturated to 32 bits; every operation is rounded separately.
std::int32_t requantise_float32(std::int32_t acc, float factor);

struct Float32Scale {
  std::vector<float> factors;  ///< f32(f32(s_x * s_w) / s_y), one per channel, or one for all.
  bool operator==(const Float32Scale&) const = default;
};

}  // namespace systole
