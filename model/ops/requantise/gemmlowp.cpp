// gemmlowp.cpp: a high product rounded half up, then a shift rounded half away from zero.
#include "model/ops/requantise/gemmlowp.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "model/ops/rounding.h"

namespace systole {

QuantizedMultiplier quantized_multiplier(double real) {
  assert(0 <= real && real < 0x1p30);
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto multiplier = static_cast<std::int64_t>(std::floor(fraction * 0x1p31 + 0.5));
  if (multiplier == std::int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<std::int32_t>(multiplier), shift};
}

std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
  const std::int64_t high = (std::int64_t{a} * b + (std::int64_t{1} << 30)) >> 31;
  // Only -2^31 * -2^31 reaches 2^31.
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(high, std::numeric_limits<std::int32_t>::max()));
}

std::int32_t rounding_divide_by_pot(std::int32_t x, int exponent) {
  assert(0 <= exponent && exponent <= 31);
  return static_cast<std::int32_t>(round_shift(x, exponent, Rounding::kHalfAway));
}

std::int32_t gemmlowp(std::int32_t x, const QuantizedMultiplier& factor) {
  const std::int32_t shifted = x << std::max(factor.shift, 0);
  return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, factor.multiplier),
                                std::max(-factor.shift, 0));
}

}  // namespace systole
