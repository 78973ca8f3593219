// layer_rows.cpp: a convolution or matrix product as products of rows.
#include "model/quant/layer_rows.h"

#include <numeric>

#include "model/ops/patches.h"

namespace systole {
namespace {

LayerRows conv2d_rows(const Conv2d& conv, const Shape& input) {
  IntTensor pixels({1, input[1], input[2], 1});
  std::iota(pixels.data.begin(), pixels.data.end(), 0);
  const Window& window = conv.params.window;
  const PatchSource<std::int32_t> source{pixels, window, 0, 1, -1};
  IntTensor taps(
      {output_shape(window, pixels.shape, 1)[1] * output_shape(window, pixels.shape, 1)[2],
       source.columns()});
  copy_patches(source, 0, taps.shape[0], taps.data.data(), taps.shape[1]);
  return {.images = input[0],
          .pixels = pixels.size(),
          .channels = input[3],
          .groups = conv.params.groups,
          .outputs = conv.weight.channels(),
          .taps = std::move(taps)};
}

}  // namespace

LayerRows layer_rows(const FloatOp& op, const Shape& input) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv2d_rows(*conv, input);
  return {.images = element_count(input) / input.back(),
          .pixels = 1,
          .channels = input.back(),
          .groups = 1,
          .outputs = std::get<Linear>(op).weight.channels(),
          .taps = IntTensor({1, 1}, 0)};
}

}  // namespace systole
