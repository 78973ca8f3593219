// double.h: requantisation in double precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/ops/rounding.h"

namespace systole {

/// The nearest integer, saturated to 32 bits; `rounding` is half_away or half_even.
std::int32_t round_to_int32(double value, Rounding rounding);

/// round(acc * factor + offset) in double, saturated to 32 bits; `rounding` is half_away (LiteRT's
/// fully connected) or half_even (exact QDQ, and AIMET with its float bias as offset).
std::int32_t requantise_double(std::int32_t acc, double factor, Rounding rounding,
                               double offset = 0);

struct DoubleScale {
  std::vector<double> factors;  ///< s_x * s_w / s_y, one per channel, or one for all.
  Rounding rounding = Rounding::kHalfAway;
  std::vector<double> offsets = {};  ///< Real bias / s_y: one per channel, one for all, or none.
  std::int64_t tokens = 1;           ///< Rows of `factors` and `offsets`: token_constants.h.
  bool operator==(const DoubleScale&) const = default;
};

/// A second operand of a requantisation: codes r that are added as (r - zero_point) * factor before
/// the rounding.
struct DoubleResidual {
  std::vector<double> factors;  ///< s_r / s_y, one per channel, or one for all.
  std::int32_t zero_point = 0;
  bool operator==(const DoubleResidual&) const = default;
};

/// The channel's constant, or the only one; 0 where there is none.
inline double constant_of(const std::vector<double>& constants, std::size_t channel) {
  return constants.empty() ? 0 : constants[constants.size() == 1 ? 0 : channel];
}

}  // namespace systole
