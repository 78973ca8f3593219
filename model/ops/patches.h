// patches.h: gathers the pixels under a window into matrix rows; shared by the convolutions.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Channels [first, first + count) of an image batch seen through a window.
template <class T>
struct PatchSource {
  const Tensor<T>& x;  ///< [n, h, w, c].
  const Window& window;
  std::int64_t first;
  std::int64_t count;
  T pad_value;

  std::int64_t columns() const { return window.kernel[0] * window.kernel[1] * count; }
};

/// Writes patch rows [begin, end) (output pixels, batch first) with columns in the order (kh, kw,
/// channel) to `out`, where rows are `stride` apart.
template <class T, class To>
void copy_patches(const PatchSource<T>& source, std::int64_t begin, std::int64_t end, To* out,
                  std::int64_t stride) {
  const Window& window = source.window;
  const Shape& x = source.x.shape;
  const Shape y = output_shape(window, x, 1);
  for (std::int64_t row = begin; row < end; ++row) {
    To* place = out + (row - begin) * stride;
    const std::int64_t image = row / (y[1] * y[2]);
    for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh) {
      const std::int64_t h = input_pixel(window, 0, row / y[2] % y[1], kh);
      for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw) {
        const std::int64_t w = input_pixel(window, 1, row % y[2], kw);
        if (h < 0 || h >= x[1] || w < 0 || w >= x[2]) {
          std::fill_n(place, source.count, static_cast<To>(source.pad_value));
        } else {
          const T* pixel =
              source.x.data.data() + ((image * x[1] + h) * x[2] + w) * x[3] + source.first;
          std::transform(pixel, pixel + source.count, place,
                         [](T value) { return static_cast<To>(value); });
        }
        place += source.count;
      }
    }
  }
}

}  // namespace systole
