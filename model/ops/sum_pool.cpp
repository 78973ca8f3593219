// sum_pool.cpp: sums under each position of a window.
#include "model/ops/sum_pool.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace systole {

IntTensor sum_pool(const IntTensor& x, const Window& window, std::int32_t zero_point) {
  const std::int64_t channels = x.channels();
  IntTensor sums(output_shape(window, x.shape, channels));
  for_each_tap(window, x.shape, [&](std::int64_t out, std::int64_t in) {
    for (std::int64_t c = 0; c < channels; ++c) {
      sums[out * channels + c] += x[in * channels + c] - zero_point;
    }
  });
  return sums;
}

std::int64_t sum_pool_bound(const Window& window, const IntRange& x, std::int32_t zero_point) {
  const std::int64_t largest = std::max(std::abs(x.lo - zero_point), std::abs(x.hi - zero_point));
  std::int64_t bound = 0;
  const bool is_huge = __builtin_mul_overflow(window.kernel[0] * window.kernel[1], largest, &bound);
  return is_huge ? std::numeric_limits<std::int64_t>::max() : bound;
}

}  // namespace systole
