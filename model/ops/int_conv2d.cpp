// int_conv2d.cpp: integer convolution, a block of patches or a depthwise pixel at a time.
#include "model/ops/int_conv2d.h"

#include "model/ops/int_kernel.h"
#include "model/ops/int_matmul.h"
#include "model/ops/patches.h"

namespace systole {
namespace {

/// groups = cin = cout: every channel is multiplied by its own taps, without a copy into patches.
IntTensor depthwise(const IntTensor& x, const IntTensor& w, const Conv2dParams& params) {
  const Window& window = params.window;
  const std::int64_t channels = x.channels();
  const std::vector<std::int16_t> pixels = narrowed(x);
  const std::vector<std::int16_t> weights = narrowed(w);
  const std::vector<std::int16_t> outside(static_cast<std::size_t>(channels),
                                          static_cast<std::int16_t>(params.pad_value));

  IntTensor acc(output_shape(window, x.shape, channels));
  std::vector<const std::int16_t*> taps(
      static_cast<std::size_t>(window.kernel[0] * window.kernel[1]));
  for (std::int64_t out = 0; out < acc.rows(); ++out) {
    const std::int64_t image = out / (acc.shape[1] * acc.shape[2]);
    auto tap = taps.begin();
    for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh) {
      const std::int64_t h = input_pixel(window, 0, out / acc.shape[2] % acc.shape[1], kh);
      for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw) {
        const std::int64_t v = input_pixel(window, 1, out % acc.shape[2], kw);
        const bool is_inside = 0 <= h && h < x.shape[1] && 0 <= v && v < x.shape[2];
        const std::int64_t pixel = (image * x.shape[1] + h) * x.shape[2] + v;
        *tap++ = is_inside ? pixels.data() + pixel * channels : outside.data();
      }
    }
    multiply_taps(taps.data(), weights.data(), static_cast<std::int64_t>(taps.size()), channels,
                  acc.data.data() + out * channels);
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

IntTensor int_conv2d(const IntTensor& x, const IntTensor& w, const Conv2dParams& params) {
  assert(x.shape.size() == 4 && w.shape.size() == 4);
  assert(w.shape[2] * params.groups == x.shape[3] && w.shape[3] % params.groups == 0);
  assert(w.shape[0] == params.window.kernel[0] && w.shape[1] == params.window.kernel[1]);
  assert(fits_int16(x) && fits_int16(w));
  if (w.shape[2] == 1 && w.shape[3] == params.groups) return depthwise(x, w, params);

  constexpr std::int64_t kBlock = 64;  // Patch rows that stay in the cache.
  IntTensor acc(output_shape(params.window, x.shape, w.shape[3]));
  const std::int64_t in_group = w.shape[2];
  const std::int64_t out_group = w.shape[3] / params.groups;
  for (std::int64_t group = 0; group < params.groups; ++group) {
    const NarrowColumns columns = narrow_columns(w, group * out_group, out_group);
    const PatchSource<std::int32_t> source{x, params.window, group * in_group, in_group,
                                           params.pad_value};
    std::vector<std::int16_t> patches(static_cast<std::size_t>(kBlock * columns.stride));
    for (std::int64_t begin = 0; begin < acc.rows(); begin += kBlock) {
      const std::int64_t end = std::min(begin + kBlock, acc.rows());
      copy_patches(source, begin, end, patches.data(), columns.stride);
      std::int32_t* out = acc.data.data() + begin * w.shape[3] + group * out_group;
      multiply_narrow(patches.data(), end - begin, columns, out, w.shape[3]);
    }
  }
  return acc;
}

std::int64_t int_conv2d_bound(const IntTensor& w, const IntRange& x) {
  return int_matmul_bound(w, x);  // Both sum over all axes of w but the last.
}

}  // namespace systole
