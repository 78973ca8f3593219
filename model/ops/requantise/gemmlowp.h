// gemmlowp.h: requantisation with two roundings, as TFLite's reference kernels do it.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/ops/rounding.h"

namespace systole {

/// A real factor as TFLite stores it: multiplier * 2^(shift - 31), multiplier in [2^30, 2^31), or
/// 0.
struct QuantizedMultiplier {
  std::int32_t multiplier = 0;
  int shift = 0;  ///< In [-31, 30]; to the left where positive.
  bool operator==(const QuantizedMultiplier&) const = default;
};

/// frexp(real), multiplier = floor(q * 2^31 + 0.5). A factor too small for a shift of -31 is 0.
/// `real` is finite, at least 0, below 2^30.
QuantizedMultiplier quantized_multiplier(double real);

/// (a * b + 2^30) >> 31, an arithmetic shift; -2^31 times itself saturates to 2^31 - 1.
inline std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
  const std::int64_t high = (std::int64_t{a} * b + (std::int64_t{1} << 30)) >> 31;
  // Only -2^31 * -2^31 reaches 2^31.
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(high, std::numeric_limits<std::int32_t>::max()));
}

/// The integer nearest to x / 2^exponent, ties away from zero. `exponent` in [0, 31].
inline std::int32_t rounding_divide_by_pot(std::int32_t x, int exponent) {
  assert(0 <= exponent && exponent <= 31);
  return static_cast<std::int32_t>(round_shift(x, exponent, Rounding::kHalfAway));
}

/// mbqm: rounding_divide_by_pot(srdhm(x << max(shift, 0), multiplier), max(-shift, 0)). The left
/// shift wraps at 32 bits.
inline std::int32_t gemmlowp(std::int32_t x, const QuantizedMultiplier& factor) {
  const std::int32_t shifted = x << std::max(factor.shift, 0);
  return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, factor.multiplier),
                                std::max(-factor.shift, 0));
}

/// `gemmlowp` for every accumulator; one factor per channel, or one for all.
struct Gemmlowp {
  std::vector<QuantizedMultiplier> factors;
  bool operator==(const Gemmlowp&) const = default;
};

}  // namespace systole
