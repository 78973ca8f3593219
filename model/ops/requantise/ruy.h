// ruy.h: requantisation of TFLite's optimised convolutions and fully connected layers.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ops/requantise/gemmlowp.h"

namespace systole {

/// As `gemmlowp`, the second rounding half up.
std::int32_t ruy(std::int32_t x, const QuantizedMultiplier& factor);

struct Ruy {
  std::vector<QuantizedMultiplier> factors;  ///< One per channel, or one for all.
  bool operator==(const Ruy&) const = default;
};

}  // namespace systole
