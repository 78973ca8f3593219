// ruy.h: requantisation of TFLite's optimised convolutions and fully connected layers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/ops/requantise/gemmlowp.h"
#include "model/ops/rounding.h"

namespace systole {

/// As `gemmlowp`, the second rounding half up.
inline std::int32_t ruy(std::int32_t x, const QuantizedMultiplier& factor) {
  const std::int32_t shifted = x << std::max(factor.shift, 0);
  const std::int32_t high = saturating_rounding_doubling_high_mul(shifted, factor.multiplier);
  return static_cast<std::int32_t>(
      round_shift(high, std::max(-factor.shift, 0), Rounding::kHalfUp));
}

struct Ruy {
  std::vector<QuantizedMultiplier> factors;  ///< One per channel, or one for all.
  bool operator==(const Ruy&) const = default;
};

}  // namespace systole
