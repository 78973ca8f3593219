// float_pool.cpp: average pools in float32.
#include "model/ops/float_pool.h"

#include "model/ops/avg_pool.h"

namespace systole {

FloatTensor float_avg_pool(const FloatTensor& x, const Window& window, bool count_include_pad) {
  const std::int64_t channels = x.channels();
  FloatTensor y(output_shape(window, x.shape, channels));
  for_each_tap(window, x.shape, [&](std::int64_t out, std::int64_t in) {
    for (std::int64_t c = 0; c < channels; ++c) y[out * channels + c] += x[in * channels + c];
  });

  const Tensor<int> counts = pixel_counts(window, x.shape[1], x.shape[2], count_include_pad);
  for (std::int64_t i = 0; i < y.size(); ++i) {
    y[i] /= static_cast<float>(counts[i / channels % counts.size()]);
  }
  return y;
}

FloatTensor float_global_avg_pool(const FloatTensor& x) {
  Window whole;
  whole.kernel = {x.shape[1], x.shape[2]};
  return float_avg_pool(x, whole, true);
}

}  // namespace systole
