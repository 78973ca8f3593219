// gemmlowp.cpp: a high product rounded half up, then a shift rounded half away from zero.
#include "model/ops/requantise/gemmlowp.h"

#include <cassert>
#include <cmath>

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

}  // namespace systole
