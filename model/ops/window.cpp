// window.cpp: extents and taps of sliding windows.
#include "model/ops/window.h"

#include <algorithm>

namespace systole {

std::int64_t output_extent(const Window& window, int axis, std::int64_t extent) {
  const std::int64_t reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
  const std::int64_t room = extent + window.padding[axis] + window.padding[axis + 2] - reach;
  // The division truncates: a window that does not fit must not become one output pixel.
  return room < 0 ? 0 : room / window.stride[axis] + 1;
}

std::int64_t taps_inside(const Window& window, int axis, std::int64_t o, std::int64_t extent) {
  // Of the taps k, those with 0 <= start + k * dilation < extent: all before `extent` but those
  // before 0.
  const std::int64_t start = input_pixel(window, axis, o, 0);
  const std::int64_t dilation = window.dilation[axis];
  const auto taps_before = [&](std::int64_t pixel) {
    const std::int64_t taps = pixel > start ? (pixel - start + dilation - 1) / dilation : 0;
    return std::min(taps, window.kernel[axis]);
  };
  return taps_before(extent) - taps_before(0);
}

bool every_window_sees_image(const Window& window, std::int64_t h, std::int64_t w) {
  for (const int axis : {0, 1}) {
    const std::int64_t extent = axis == 0 ? h : w;
    for (std::int64_t o = 0; o < output_extent(window, axis, extent); ++o) {
      if (taps_inside(window, axis, o, extent) == 0) return false;
    }
  }
  return true;
}

Shape output_shape(const Window& window, const Shape& x, std::int64_t channels) {
  assert(x.size() == 4);
  return {x[0], output_extent(window, 0, x[1]), output_extent(window, 1, x[2]), channels};
}

}  // namespace systole
