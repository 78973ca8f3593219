// ruy.cpp: a high product rounded half up, then a shift rounded half up.
#include "model/ops/requantise/ruy.h"

#include <algorithm>

#include "model/ops/rounding.h"

namespace systole {

std::int32_t ruy(std::int32_t x, const QuantizedMultiplier& factor) {
  const std::int32_t shifted = x << std::max(factor.shift, 0);
  const std::int32_t high = saturating_rounding_doubling_high_mul(shifted, factor.multiplier);
  return static_cast<std::int32_t>(
      round_shift(high, std::max(-factor.shift, 0), Rounding::kHalfUp));
}

}  // namespace systole
