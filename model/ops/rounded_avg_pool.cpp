// rounded_avg_pool.cpp: a sum pool and a rounded integer division.
#include "model/ops/rounded_avg_pool.h"

#include <algorithm>

#include "model/ops/avg_pool.h"
#include "model/ops/sum_pool.h"

namespace systole {

IntTensor rounded_avg_pool(const IntTensor& x, const Window& window, const IntRange& clamp) {
  assert(every_window_sees_image(window, x.shape[1], x.shape[2]));
  const std::int64_t channels = x.channels();
  const Tensor<int> counts = pixel_counts(window, x.shape[1], x.shape[2], false);

  IntTensor y = sum_pool(x, window, 0);
  for (std::int64_t pixel = 0; pixel < y.rows(); ++pixel) {
    const std::int64_t n = counts[pixel % counts.size()];
    for (std::int64_t i = pixel * channels; i < (pixel + 1) * channels; ++i) {
      const std::int64_t half = y[i] > 0 ? n / 2 : -(n / 2);
      y[i] = static_cast<std::int32_t>(std::clamp((y[i] + half) / n, clamp.lo, clamp.hi));
    }
  }
  return y;
}

}  // namespace systole
