// real_rounding.h: the model's rounding modes on reals.
#pragma once

#include <cmath>

#include "model/ops/rounding.h"

namespace systole {

/// The integer nearest to `value`, ties as `mode` says (model/README.md, Rounding); infinities and
/// NaN are returned.
inline double round_real(double value, Rounding mode) {
  // Adding a half before the floor would round 0.49999999999999994 up.
  switch (mode) {
    case Rounding::kHalfEven:
      return std::nearbyint(value);
    case Rounding::kHalfUp: {
      const double floor = std::floor(value);
      return value - floor >= 0.5 ? floor + 1 : floor;
    }
    case Rounding::kHalfAway:
      return std::round(value);
    case Rounding::kFloor:
      break;
  }
  return std::floor(value);
}

}  // namespace systole
