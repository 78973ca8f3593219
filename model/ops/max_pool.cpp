// max_pool.cpp: the largest value under each position of a window.
#include "model/ops/max_pool.h"

#include <algorithm>
#include <limits>

namespace systole {
namespace {

template <class T>
Tensor<T> largest(const Tensor<T>& x, const Window& window) {
  assert(every_window_sees_image(window, x.shape[1], x.shape[2]));
  const std::int64_t channels = x.channels();
  Tensor<T> y(output_shape(window, x.shape, channels), std::numeric_limits<T>::lowest());
  for_each_tap(window, x.shape, [&](std::int64_t out, std::int64_t in) {
    for (std::int64_t c = 0; c < channels; ++c) {
      T& most = y[out * channels + c];
      most = std::max(most, x[in * channels + c]);
    }
  });
  return y;
}

}  // namespace

IntTensor max_pool(const IntTensor& x, const Window& window) { return largest(x, window); }

FloatTensor max_pool(const FloatTensor& x, const Window& window) { return largest(x, window); }

}  // namespace systole
