// double.cpp: one product and one sum in double, rounded to the nearest integer.
#include "model/ops/requantise/double.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace systole {

std::int32_t round_to_int32(double value, Rounding rounding) {
  assert(rounding == Rounding::kHalfAway || rounding == Rounding::kHalfEven);
  const double inside = std::clamp(value, -0x1p31, 0x1p31 - 1);
  // nearbyint rounds ties to even.
  return static_cast<std::int32_t>(rounding == Rounding::kHalfAway ? std::round(inside)
                                                                   : std::nearbyint(inside));
}

std::int32_t requantise_double(std::int32_t acc, double factor, Rounding rounding, double offset) {
  return round_to_int32(acc * factor + offset, rounding);
}

}  // namespace systole
