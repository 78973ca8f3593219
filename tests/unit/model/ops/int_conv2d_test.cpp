// int_conv2d_test.cpp: integer convolutions against their seven loops.
#include "model/ops/int_conv2d.h"

#include <gtest/gtest.h>

#include <numeric>

#include "model/ops/int_matmul.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

std::int64_t at(const Shape& s, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return ((a * s[1] + b) * s[2] + c) * s[3] + d;
}

IntTensor by_definition(const IntTensor& x, const IntTensor& w, const Conv2dParams& p) {
  const Window& v = p.window;
  const std::int64_t cin = w.shape[2];
  const std::int64_t cout = w.shape[3];
  IntTensor y({x.shape[0], output_extent(v, 0, x.shape[1]), output_extent(v, 1, x.shape[2]), cout});
  for (std::int64_t n = 0; n < y.shape[0]; ++n)
    for (std::int64_t oh = 0; oh < y.shape[1]; ++oh)
      for (std::int64_t ow = 0; ow < y.shape[2]; ++ow)
        for (std::int64_t co = 0; co < cout; ++co) {
          std::uint32_t sum = 0;
          for (std::int64_t kh = 0; kh < w.shape[0]; ++kh)
            for (std::int64_t kw = 0; kw < w.shape[1]; ++kw)
              for (std::int64_t ci = 0; ci < cin; ++ci) {
                const std::int64_t h = oh * v.stride[0] + kh * v.dilation[0] - v.padding[0];
                const std::int64_t u = ow * v.stride[1] + kw * v.dilation[1] - v.padding[1];
                const bool is_inside = 0 <= h && h < x.shape[1] && 0 <= u && u < x.shape[2];
                const std::int64_t channel = co / (cout / p.groups) * cin + ci;
                const std::int32_t pixel =
                    is_inside ? x[at(x.shape, n, h, u, channel)] : p.pad_value;
                sum += static_cast<std::uint32_t>(pixel * w[at(w.shape, kh, kw, ci, co)]);
              }
          y[at(y.shape, n, oh, ow, co)] = static_cast<std::int32_t>(sum);
        }
  return y;
}

/// Every kernel gives the seven loops' tensor; `what` names the case.
void check_kernels(const IntTensor& x, const IntTensor& w, const Conv2dParams& params,
                   const std::string& what) {
  const IntTensor expected = by_definition(x, w, params);
  for (const IntKernel kernel : available_int_kernels())
    ASSERT_EQ(int_conv2d(x, w, params, kernel), expected) << to_string(kernel) << ", " << what;
}

std::string name_of(int i, std::uint32_t seed) {
  return "case " + std::to_string(i) + ", seed " + std::to_string(seed);
}

TEST(IntConv2d, OfOnePixelIsAMatmul) {
  Random random(4);
  const IntTensor x = random.ints({2, 3, 3, 5}, -128, 127);
  const IntTensor w = random.ints({1, 1, 5, 7}, -128, 127);
  const IntTensor expected = int_matmul(x, IntTensor({5, 7}, w.data));
  EXPECT_EQ(int_conv2d(x, w, {}), expected);
}

TEST(IntConv2d, PadsWithTheZeroPoint) {
  Conv2dParams params;
  params.window.kernel = {3, 3};
  params.window.padding = {1, 1, 1, 1};
  params.pad_value = -7;
  const IntTensor y = int_conv2d(IntTensor({1, 1, 1, 1}, 5), IntTensor({3, 3, 1, 1}, 1), params);
  EXPECT_EQ(y, IntTensor({1, 1, 1, 1}, 5 - 8 * 7));
}

TEST(IntConv2d, PadsEachSideByItsOwnWidth) {
  Conv2dParams params;
  params.window.padding = {1, 2, 0, 3};  // Top, left, bottom, right.
  const IntTensor y = int_conv2d(IntTensor({1, 1, 1, 1}, 9), IntTensor({1, 1, 1, 1}, 1), params);
  EXPECT_EQ(y.shape, (Shape{1, 2, 6, 1}));
  EXPECT_EQ(y[6 + 2], 9);
  EXPECT_EQ(std::accumulate(y.data.begin(), y.data.end(), 0), 9);
}

TEST(IntConv2d, AgreesWithItsSevenLoops) {
  constexpr std::uint32_t kSeed = 5;
  Random random(kSeed);
  for (int i = 0; i < 400; ++i) {
    Conv2dParams params;
    params.window = random.window();
    params.groups = random.integer(1, 3);
    const auto [lo, hi] = random.range();
    const auto [w_lo, w_hi] = random.range();
    params.pad_value = static_cast<std::int32_t>(random.integer(lo, hi));
    const std::int64_t cin = random.integer(1, 9);
    const std::int64_t cout = random.integer(1, i % 8 == 0 ? 70 : 6) * params.groups;
    const IntTensor x = random.ints(
        {random.integer(1, 2), random.integer(5, 9), random.integer(5, 9), cin * params.groups}, lo,
        hi);
    const IntTensor w =
        random.ints({params.window.kernel[0], params.window.kernel[1], cin, cout}, w_lo, w_hi);
    ASSERT_NO_FATAL_FAILURE(check_kernels(x, w, params, name_of(i, kSeed)));
  }
}

TEST(IntConv2d, PadsWithAValueThatTheImageLacks) {
  for (const int pad : {-1, 0, 255, 256, 300}) {
    Conv2dParams params;
    params.window.padding = {0, 0, 0, 1};
    params.pad_value = pad;
    for (const IntKernel kernel : available_int_kernels())
      EXPECT_EQ(
          int_conv2d(IntTensor({1, 1, 1, 2}, 255), IntTensor({1, 1, 2, 1}, -128), params, kernel),
          IntTensor({1, 1, 2, 1}, std::vector<std::int32_t>{-65280, -256 * pad}))
          << to_string(kernel) << ", pad " << pad;
  }
}

TEST(IntConv2d, IsExactWhenDepthwise) {
  Random random(6);
  Conv2dParams params;
  params.window.kernel = {3, 3};
  params.groups = 6;
  const IntTensor x = random.ints({1, 6, 6, 6}, -256, 255);
  const IntTensor w = random.ints({3, 3, 1, 12}, -256, 255);  // Two outputs per channel.
  EXPECT_EQ(int_conv2d(x, w, params), by_definition(x, w, params));
}

TEST(IntConv2d, AgreesWithItsSevenLoopsOnDepthwiseWindows) {
  constexpr std::uint32_t kSeed = 9;
  Random random(kSeed);
  for (int i = 0; i < 200; ++i) {
    Conv2dParams params;
    params.window = random.window();
    params.groups = random.integer(1, 35);  // Around vectors of 16 channels.
    const auto [lo, hi] = random.range();
    const auto [w_lo, w_hi] = random.range();
    params.pad_value = static_cast<std::int32_t>(random.integer(lo, hi));
    const IntTensor x = random.ints(
        {random.integer(1, 2), random.integer(5, 9), random.integer(5, 9), params.groups}, lo, hi);
    const IntTensor w = random.ints(
        {params.window.kernel[0], params.window.kernel[1], 1, params.groups}, w_lo, w_hi);
    ASSERT_NO_FATAL_FAILURE(check_kernels(x, w, params, name_of(i, kSeed)));
  }
}

TEST(IntConv2d, WrapsModulo2To32) {
  // Nine products of 2^30: 9 * 2^30 = 2^33 + 2^30.
  for (const std::int64_t channels : {1, 2, 16, 17}) {
    Conv2dParams params;
    params.window.kernel = {3, 3};
    const IntTensor x({1, 3, 3, channels}, -32768);
    for (const IntKernel kernel : available_int_kernels()) {
      params.groups = 1;
      EXPECT_EQ(int_conv2d(x, IntTensor({3, 3, channels, 1}, -32768), params, kernel)[0],
                channels % 4 == 1 ? 1 << 30
                : channels == 2   ? INT32_MIN
                                  : 0)
          << to_string(kernel) << ", " << channels << " channels in one group";
      params.groups = channels;
      EXPECT_EQ(int_conv2d(x, IntTensor({3, 3, 1, channels}, -32768), params, kernel),
                IntTensor({1, 1, 1, channels}, 1 << 30))
          << to_string(kernel) << ", " << channels << " channels apart";
    }
  }
}

TEST(IntConv2d, CrossesItsBlocksOfRows) {
  Random random(7);
  const IntTensor x = random.ints({3, 7, 7, 2}, -256, 255);  // 147 patches.
  const IntTensor w = random.ints({1, 1, 2, 3}, -256, 255);
  EXPECT_EQ(int_conv2d(x, w, {}), by_definition(x, w, {}));
}

TEST(Im2col, OrdersColumnsByKernelRowColumnAndChannel) {
  IntTensor x({1, 2, 2, 2});
  for (std::int64_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int32_t>(i);
  Window window;
  window.kernel = {2, 2};
  EXPECT_EQ(im2col(x, window, 0, 2, 0),
            IntTensor({1, 8}, std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(im2col(x, window, 1, 1, 0), IntTensor({1, 4}, std::vector<std::int32_t>{1, 3, 5, 7}));
  window.padding = {0, 0, 0, 1};
  EXPECT_EQ(im2col(x, window, 0, 1, -5),
            IntTensor({2, 4}, std::vector<std::int32_t>{0, 2, 4, 6, 2, -5, 6, -5}));
}

TEST(Im2col, TimesTheFlatWeightsIsTheConvolution) {
  constexpr std::uint32_t kSeed = 8;
  Random random(kSeed);
  for (int i = 0; i < 50; ++i) {
    Conv2dParams params;
    params.window = random.window();
    params.pad_value = 3;
    const IntTensor x = random.ints({2, 6, 6, 3}, -128, 127);
    const IntTensor w =
        random.ints({params.window.kernel[0], params.window.kernel[1], 3, 4}, -128, 127);
    const IntTensor patches = im2col(x, params.window, 0, 3, params.pad_value);
    const IntTensor flat({w.rows(), 4}, w.data);
    ASSERT_EQ(int_matmul(patches, flat).data, int_conv2d(x, w, params).data)
        << "case " << i << ", seed " << kSeed;
  }
}

TEST(IntConv2dBound, SumsAllWeightsOfAnOutputChannel) {
  const IntTensor w({1, 2, 2, 2}, std::vector<std::int32_t>{1, -1, 2, -2, -3, 3, 4, 5});
  EXPECT_EQ(int_conv2d_bound(w, {-3, 2}), 3 * (1 + 2 + 3 + 5));
}

}  // namespace
}  // namespace systole
