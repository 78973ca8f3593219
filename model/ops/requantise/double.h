// double.h: requantisation in double precision.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ops/rounding.h"

namespace systole {

/// round(acc * factor) in double, saturated to 32 bits; `rounding` is half_away (LiteRT's fully
/// connected) or half_even (exact QDQ).
std::int32_t requantise_double(std::int32_t acc, double factor, Rounding rounding);

struct DoubleScale {
  std::vector<double> factors;  ///< s_x * s_w / s_y, one per channel, or one for all.
  Rounding rounding = Rounding::kHalfAway;
  bool operator==(const DoubleScale&) const = default;
};

}  // namespace systole
