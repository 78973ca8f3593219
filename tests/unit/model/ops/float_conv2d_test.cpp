// float_conv2d_test.cpp: float convolutions, bit by bit.
#include "model/ops/float_conv2d.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

std::int64_t at(const Shape& s, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return ((a * s[1] + b) * s[2] + c) * s[3] + d;
}

/// The seven loops, with one rounding per product and per sum.
FloatTensor by_definition(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias,
                          const Conv2dParams& p) {
  const Window& v = p.window;
  const std::int64_t cin = w.shape[2];
  const std::int64_t cout = w.shape[3];
  FloatTensor y(
      {x.shape[0], output_extent(v, 0, x.shape[1]), output_extent(v, 1, x.shape[2]), cout});
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Shape o = unravel(i, y.shape);
    volatile float sum = 0;
    for (std::int64_t kh = 0; kh < w.shape[0]; ++kh)
      for (std::int64_t kw = 0; kw < w.shape[1]; ++kw)
        for (std::int64_t ci = 0; ci < cin; ++ci) {
          const std::int64_t h = o[1] * v.stride[0] + kh * v.dilation[0] - v.padding[0];
          const std::int64_t u = o[2] * v.stride[1] + kw * v.dilation[1] - v.padding[1];
          if (h < 0 || h >= x.shape[1] || u < 0 || u >= x.shape[2]) continue;
          const std::int64_t channel = o[3] / (cout / p.groups) * cin + ci;
          const volatile float product =
              x[at(x.shape, o[0], h, u, channel)] * w[at(w.shape, kh, kw, ci, o[3])];
          sum = sum + product;
        }
    y[i] = bias.shape.empty() ? sum : sum + bias[o[3]];
  }
  return y;
}

TEST(FloatConv2d, HasTheSameBitsAsItsSevenLoops) {
  constexpr std::uint32_t kSeed = 14;
  Random random(kSeed);
  for (int i = 0; i < 300; ++i) {
    Conv2dParams params;
    params.window = random.window();
    params.groups = random.integer(1, 3);
    const std::int64_t cin = random.integer(1, 4);
    const std::int64_t cout = random.integer(1, 20) * params.groups;
    const FloatTensor x = random.floats(
        {random.integer(1, 2), random.integer(5, 9), random.integer(5, 9), cin * params.groups});
    const FloatTensor w =
        random.floats({params.window.kernel[0], params.window.kernel[1], cin, cout});
    const FloatTensor bias = i % 2 == 0 ? FloatTensor() : random.floats({cout});
    ASSERT_EQ(float_conv2d(x, w, bias, params), by_definition(x, w, bias, params))
        << "case " << i << ", seed " << kSeed;
  }
}

TEST(FloatConv2d, PadsWithZeroWhateverThePadValue) {
  Conv2dParams params;
  params.window.kernel = {3, 3};
  params.window.padding = {1, 1, 1, 1};
  params.pad_value = 99;
  const FloatTensor y =
      float_conv2d(FloatTensor({1, 1, 1, 1}, 5), FloatTensor({3, 3, 1, 1}, 1), {}, params);
  EXPECT_EQ(y, FloatTensor({1, 1, 1, 1}, 5));
}

}  // namespace
}  // namespace systole
