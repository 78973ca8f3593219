// window.h: the geometry of a sliding window, shared by convolutions and pools.
#pragma once

#include <array>
#include <cstdint>

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

}  // namespace systole
