// int_conv2d.cpp: integer convolution: a row of x per output pixel, read where it lies in the
// image.
#include "model/ops/int_conv2d.h"

#include "model/ops/int_matmul.h"
#include "model/ops/int_product.h"
#include "model/ops/patches.h"

namespace systole {
namespace {

/// The image with its padding around it, in which no tap is outside.
struct PaddedImage {
  NarrowTensor codes;
  std::int64_t height, width, channels;

  std::int64_t element(std::int64_t image, std::int64_t h, std::int64_t w) const {
    return ((image * height + h) * width + w) * channels;
  }
};

PaddedImage padded_image(const IntTensor& x, const Conv2dParams& params, const IntLoops& loops,
                         bool may_be_8) {
  const auto& [top, left, bottom, right] = params.window.padding;
  PaddedImage image{{}, x.shape[1] + top + bottom, x.shape[2] + left + right, x.channels()};
  Placement placement{.size = x.shape[0] * image.height * image.width * image.channels};
  if (placement.size == x.size()) {
    placement.length = x.size();
    placement.places = {0};
  } else {
    placement.length = x.shape[2] * x.channels();
    placement.fill = params.pad_value;
    for (std::int64_t n = 0; n < x.shape[0]; ++n)
      for (std::int64_t h = 0; h < x.shape[1]; ++h)
        placement.places.push_back(image.element(n, h + top, left));
  }
  image.codes = narrowed(x, placement, loops, may_be_8);
  return image;
}

/// Every output pixel of a result of shape `y`, in as few runs as there are.
std::vector<RowRun> runs_of(const PaddedImage& image, const Window& window, const Shape& y) {
  std::vector<RowRun> runs;
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t h = 0; h < y[1]; ++h) {
      const RowRun run{image.element(n, h * window.stride[0], 0), y[2], (n * y[1] + h) * y[2]};
      const bool goes_on =
          !runs.empty() &&
          run.x == runs.back().x + runs.back().rows * window.stride[1] * image.channels;
      if (goes_on)
        runs.back().rows += run.rows;
      else
        runs.push_back(run);
    }
  return runs;
}

/// Elements from a pixel's place to each of its taps, in the order (kh, kw).
std::vector<std::int64_t> taps_of(const PaddedImage& image, const Window& window) {
  std::vector<std::int64_t> taps;
  for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh)
    for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw)
      taps.push_back(image.element(0, kh * window.dilation[0], kw * window.dilation[1]));
  return taps;
}

/// Neighbouring taps are one segment where all their channels are wanted.
RowShape row_shape(const PaddedImage& image, const Conv2dParams& params) {
  RowShape shape{taps_of(image, params.window), image.channels / params.groups,
                 params.window.stride[1] * image.channels};
  const std::int64_t row = params.window.kernel[1];
  if (params.groups > 1 || (row > 1 && params.window.dilation[1] > 1)) return shape;
  shape.length *= row;
  for (std::int64_t kh = 0; kh < params.window.kernel[0]; ++kh)
    shape.segments[kh] = shape.segments[kh * row];
  shape.segments.resize(params.window.kernel[0]);
  return shape;
}

/// groups = cin = cout: every channel is multiplied by its own taps.
IntTensor depthwise(const IntTensor& x, const IntTensor& w, const Conv2dParams& params,
                    const IntLoops& loops) {
  const PaddedImage image = padded_image(x, params, loops, true);
  const std::vector<std::int64_t> taps = taps_of(image, params.window);
  const std::int64_t padded = (image.channels + loops.lanes - 1) / loops.lanes * loops.lanes;
  std::vector<std::uint32_t> weights(static_cast<std::size_t>(w.rows() * padded));
  for (std::int64_t t = 0; t < w.rows(); ++t)
    std::transform(w.data.begin() + t * image.channels, w.data.begin() + (t + 1) * image.channels,
                   weights.begin() + t * padded,
                   [](std::int32_t weight) { return static_cast<std::uint16_t>(weight); });
  std::vector<std::int32_t> start = offset_sums(w, image.codes.offset);
  start.resize(static_cast<std::size_t>(padded));

  IntTensor acc(output_shape(params.window, x.shape, image.channels));
  TapProduct product = {};
  product.x_stride = params.window.stride[1] * image.channels;
  product.taps = taps.data();
  product.tap_count = w.rows();
  product.w = weights.data();
  product.start = start.data();
  product.channels = image.channels;
  for (const RowRun& run : runs_of(image, params.window, acc.shape)) {
    product.x = image.codes.bytes.get() + run.x * image.codes.code_bytes;
    product.pixels = run.rows;
    product.out = acc.data.data() + run.out * image.channels;
    (image.codes.code_bytes == 1 ? loops.multiply_taps8 : loops.multiply_taps16)(product);
  }
  return acc;
}

}  // namespace

IntTensor im2col(const IntTensor& x, const Window& window, std::int64_t first, std::int64_t count,
                 std::int32_t pad_value) {
  const PatchSource<std::int32_t> source{x, window, first, count, pad_value};
  const std::int64_t rows = element_count(output_shape(window, x.shape, 1));
  IntTensor patches({rows, source.columns()});
  copy_patches(source, 0, rows, patches.data.data(), source.columns());
  return patches;
}

IntTensor int_conv2d(const IntTensor& x, const IntTensor& w, const Conv2dParams& params,
                     IntKernel kernel) {
  assert(x.shape.size() == 4 && w.shape.size() == 4);
  assert(w.shape[2] * params.groups == x.shape[3] && w.shape[3] % params.groups == 0);
  assert(w.shape[0] == params.window.kernel[0] && w.shape[1] == params.window.kernel[1]);
  assert(fits_int16(x) && fits_int16(w));
  const IntLoops& loops = loops_of(kernel);
  if (w.shape[2] == 1 && w.shape[3] == params.groups) return depthwise(x, w, params, loops);

  PaddedImage image = padded_image(x, params, loops, loops.multiply8 != nullptr);
  const RowShape shape = row_shape(image, params);
  const PackedWeights weights = packed(w, shape, params.groups, loops, image.codes.code_bytes == 1);
  if (image.codes.code_bytes != weights.code_bytes) image = padded_image(x, params, loops, false);
  const std::vector<std::int32_t> start = offset_sums(w, image.codes.offset);

  IntTensor acc(output_shape(params.window, x.shape, w.shape[3]));
  std::vector<RowRun> runs = runs_of(image, params.window, acc.shape);
  for (std::size_t group = 0; group < weights.groups.size(); ++group) {
    multiply_runs(loops, image.codes, shape, runs, weights, group, start, acc.data.data(),
                  w.shape[3]);
    for (RowRun& run : runs) run.x += w.shape[2];
  }
  return acc;
}

std::int64_t int_conv2d_bound(const IntTensor& w, const IntRange& x) {
  return int_matmul_bound(w, x);  // Both sum over all axes of w but the last.
}

}  // namespace systole
