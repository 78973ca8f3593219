// layer_rows.h: a convolution or matrix product as products of rows, any of which can be taken.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// Output pixel `position` of image `image`.
struct SampleRow {
  std::int64_t image;
  std::int64_t position;
};

/// Geometry of a layer. A Linear is a 1x1 convolution of images of one pixel.
struct LayerRows {
  std::int64_t images;
  std::int64_t pixels;    ///< Per input image.
  std::int64_t channels;  ///< Of the input.
  std::int64_t groups;
  std::int64_t outputs;  ///< Output channels.
  IntTensor taps;        ///< [output pixels, taps]: the input pixel under each tap; -1 in padding.

  std::int64_t positions() const { return taps.shape[0]; }
  std::int64_t depth() const { return taps.shape[1] * channels / groups; }
  std::int64_t group_outputs() const { return outputs / groups; }
};

/// `input` must fit the op, which is a Conv2d or a Linear.
LayerRows layer_rows(const FloatOp& op, const Shape& input);

/// Calls visit(element of the input or -1, count, column) for every run of neighbouring channels
/// under the taps of `row` within `group`; columns are those of im2col.
template <class Visit>
void for_each_run(const LayerRows& layer, const SampleRow& row, std::int64_t group, Visit visit) {
  const std::int64_t count = layer.channels / layer.groups;
  const std::int64_t taps = layer.taps.shape[1];
  const std::int32_t* pixel = layer.taps.data.data() + row.position * taps;
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    const std::int64_t element =
        pixel[tap] < 0 ? -1
                       : (row.image * layer.pixels + pixel[tap]) * layer.channels + group * count;
    visit(element, count, tap * count);
  }
}

}  // namespace systole
