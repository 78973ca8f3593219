// avg_pool_test.cpp: average pools of both kinds.
#include "model/ops/avg_pool.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/ops/fixed_point.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

Window three_by_three() {
  Window window;
  window.kernel = {3, 3};
  window.padding = {1, 1, 1, 1};
  return window;
}

/// Averages at 30 fractional bits: s = rne(2^30 / n), output step and zero point as the input's.
std::map<int, MulQuant> averages(std::int32_t zero_point) {
  std::map<int, MulQuant> quants;
  for (int n = 1; n <= 9; ++n) {
    MulQuant quant;
    quant.channels = {*normalized({.scale = 1.0 / n}, 32, {.acc = 9 * 256})};
    quant.zero_point = zero_point;
    quant.clamp = {-128, 127};
    quants[n] = quant;
  }
  return quants;
}

TEST(PixelCounts, FollowTheBorderUnlessPaddingCounts) {
  EXPECT_EQ(pixel_counts(three_by_three(), 3, 4, false).data,
            (std::vector<int>{4, 6, 6, 4, 6, 9, 9, 6, 4, 6, 6, 4}));
  EXPECT_EQ(pixel_counts(three_by_three(), 3, 4, true), Tensor<int>({3, 4}, 9));
}

TEST(AvgPool, DividesByThePixelsInside) {
  const IntTensor x({1, 2, 2, 1}, std::vector<std::int32_t>{10, 20, 30, 40});
  EXPECT_EQ(avg_pool(x, three_by_three(), 0, false, averages(0)), IntTensor({1, 2, 2, 1}, 25));
  EXPECT_EQ(avg_pool(x, three_by_three(), 0, true, averages(0)), IntTensor({1, 2, 2, 1}, 11));
}

TEST(AvgPool, OfAConstantIsTheConstantWhenPaddingDoesNotCount) {
  for (const std::int32_t value : {-128, -5, 0, 5, 127}) {
    const IntTensor x({1, 4, 5, 2}, value);
    EXPECT_EQ(avg_pool(x, three_by_three(), 3, false, averages(3)), x) << value;
  }
}

TEST(AvgPool, IsWithinHalfAStepOfTheRealAverage) {
  constexpr std::uint32_t kSeed = 11;
  Random random(kSeed);
  for (int i = 0; i < 100; ++i) {
    const Window window = random.window();
    const auto zero_point = static_cast<std::int32_t>(random.integer(-20, 20));
    if (!every_window_sees_image(window, 5, 6)) continue;
    const IntTensor x = random.ints({2, 5, 6, 3}, -100, 100);
    for (const bool counts_padding : {false, true}) {
      const IntTensor y = avg_pool(x, window, zero_point, counts_padding, averages(zero_point));
      std::vector<double> sums(y.data.size());
      std::vector<double> taps(y.data.size());
      for_each_tap(window, x.shape, [&](std::int64_t out, std::int64_t in) {
        for (std::int64_t c = 0; c < 3; ++c) {
          sums[static_cast<std::size_t>(out * 3 + c)] += x[in * 3 + c] - zero_point;
          taps[static_cast<std::size_t>(out * 3 + c)] += 1;
        }
      });
      for (std::size_t j = 0; j < sums.size(); ++j) {
        const double window_size = static_cast<double>(window.kernel[0] * window.kernel[1]);
        const double real = sums[j] / (counts_padding ? window_size : taps[j]) + zero_point;
        ASSERT_LE(std::abs(y.data[j] - real), 0.5 + 1e-6) << "case " << i << ", seed " << kSeed;
      }
    }
  }
}

}  // namespace
}  // namespace systole
