// float32.cpp: one float32 product, rounded to the nearest integer.
#include "model/ops/requantise/float32.h"

#include <algorithm>
#include <cmath>

namespace systole {

std::int32_t requantise_float32(std::int32_t acc, float factor) {
  const float product = static_cast<float>(acc) * factor;
  // Doubles hold both ends of 32 bits, and every float; nearbyint rounds ties to even.
  const double inside = std::clamp(double{product}, -0x1p31, 0x1p31 - 1);
  return static_cast<std::int32_t>(std::nearbyint(inside));
}

}  // namespace systole
