// pool_counts.cpp: how many pixels of the image the windows of a pool hold.
#include "model/network/pool_counts.h"

namespace systole {
namespace {

std::set<int> counts_along(const Window& window, int axis, std::int64_t extent) {
  std::set<int> counts;
  for (std::int64_t out = 0; out < output_extent(window, axis, extent); ++out) {
    int count = 0;
    for (std::int64_t k = 0; k < window.kernel[axis]; ++k) {
      const std::int64_t at =
          out * window.stride[axis] - window.padding[axis] + k * window.dilation[axis];
      if (at >= 0 && at < extent) ++count;
    }
    counts.insert(count);
  }
  return counts;
}

}  // namespace

std::set<int> pool_counts(const Window& window, const Shape& image) {
  std::set<int> counts;
  for (const int rows : counts_along(window, 0, image[1]))
    for (const int columns : counts_along(window, 1, image[2])) counts.insert(rows * columns);
  return counts;
}

}  // namespace systole
