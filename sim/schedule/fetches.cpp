// fetches.cpp: taps and pixels are counted along each axis by itself.
#include "sim/schedule/fetches.h"

#include <vector>

namespace systole {
namespace {

/// Pixels along one axis that some tap sees, and how many taps of all positions see one.
Fetches along(const Layout& layout, int axis) {
  const std::int64_t extent = layout.image[static_cast<std::size_t>(axis) + 1];
  std::vector<bool> seen(static_cast<std::size_t>(extent));
  Fetches fetches;
  for (std::int64_t o = 0; o < output_extent(layout.window, axis, extent); ++o)
    for (std::int64_t k = 0; k < layout.window.kernel[axis]; ++k) {
      const std::int64_t pixel = input_pixel(layout.window, axis, o, k);
      if (pixel < 0 || pixel >= extent) continue;
      ++fetches.sent;
      seen[static_cast<std::size_t>(pixel)] = true;
    }
  for (const bool is_seen : seen) fetches.used += is_seen;
  return fetches;
}

}  // namespace

Fetches count_fetches(const Layout& layout) {
  const Fetches h = along(layout, 0), w = along(layout, 1);
  std::int64_t inputs_sent = 0;  // Of a pixel under one tap, over all column tiles.
  for (const PackShape& pack : layout.packs)
    inputs_sent +=
        layout.stream ? pack.inputs : pack.inputs * (pack.w_stride / layout.geometry.cols);
  const std::int64_t images = layout.image[0];
  return {images * h.used * w.used * layout.image[3], images * h.sent * w.sent * inputs_sent};
}

}  // namespace systole
