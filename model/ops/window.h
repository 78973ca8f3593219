// window.h: the geometry of a sliding window, shared by convolutions and pools.
#pragma once

#include <array>
#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// Pairs are [height, width]; `padding` is [top, left, bottom, right] in pixels.
struct Window {
  std::array<std::int64_t, 2> kernel = {1, 1};
  std::array<std::int64_t, 2> stride = {1, 1};
  std::array<std::int64_t, 2> dilation = {1, 1};
  std::array<std::int64_t, 4> padding = {0, 0, 0, 0};

  bool operator==(const Window&) const = default;
};

/// Output pixels along `axis` (0 height, 1 width) for `extent` input pixels:
/// floor((extent + padding - dilation * (kernel - 1) - 1) / stride) + 1; at most 0: does not fit.
std::int64_t output_extent(const Window& window, int axis, std::int64_t extent);

/// The input pixel under tap `k` of output pixel `o` along `axis`; outside [0, extent) in padding.
inline std::int64_t input_pixel(const Window& window, int axis, std::int64_t o, std::int64_t k) {
  return o * window.stride[axis] + k * window.dilation[axis] - window.padding[axis];
}

/// How many taps of output pixel `o` fall inside the image along `axis`.
std::int64_t taps_inside(const Window& window, int axis, std::int64_t o, std::int64_t extent);

/// Whether every output pixel has a tap inside an image [h, w]; pools need one.
bool every_window_sees_image(const Window& window, std::int64_t h, std::int64_t w);

/// The shape [n, oh, ow, channels] of a window's output over x [n, h, w, c].
Shape output_shape(const Window& window, const Shape& x, std::int64_t channels);

/// Calls `visit(output pixel, input pixel)` for every tap inside the image; pixels are counted over
/// the batch, row-major. Order: output pixels, then kernel rows, then kernel columns.
template <class Visit>
void for_each_tap(const Window& window, const Shape& x, Visit visit) {
  const Shape y = output_shape(window, x, 1);
  for (std::int64_t out = 0; out < y[0] * y[1] * y[2]; ++out) {
    const std::int64_t image = out / (y[1] * y[2]);
    for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh) {
      const std::int64_t h = input_pixel(window, 0, out / y[2] % y[1], kh);
      if (h < 0 || h >= x[1]) continue;
      for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw) {
        const std::int64_t w = input_pixel(window, 1, out % y[2], kw);
        if (w >= 0 && w < x[2]) visit(out, (image * x[1] + h) * x[2] + w);
      }
    }
  }
}

}  // namespace systole
