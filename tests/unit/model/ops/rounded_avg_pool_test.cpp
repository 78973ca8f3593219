// rounded_avg_pool_test.cpp: average pools of codes.
#include "model/ops/rounded_avg_pool.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

constexpr IntRange kInt8{-128, 127};

Window square(std::int64_t size) {
  Window window;
  window.kernel = window.stride = {size, size};
  return window;
}

std::int32_t mean(std::vector<std::int32_t> codes) {
  return rounded_avg_pool({{1, 2, 2, 1}, std::move(codes)}, square(2), kInt8)[0];
}

TEST(RoundedAvgPool, RoundsTiesAwayFromZero) {
  EXPECT_EQ(mean({1, 1, 0, 0}), 1);  // 0.5
  EXPECT_EQ(mean({-1, -1, 0, 0}), -1);
  EXPECT_EQ(mean({3, 3, 0, 0}), 2);  // 1.5
  EXPECT_EQ(mean({-3, -3, 0, 0}), -2);
  EXPECT_EQ(mean({1, 0, 0, 0}), 0);
  EXPECT_EQ(mean({-1, 0, 0, 0}), 0);
  EXPECT_EQ(mean({-1, -1, -1, 0}), -1);
  EXPECT_EQ(mean({0, 0, 0, 0}), 0);
}

TEST(RoundedAvgPool, RoundsThirdsToTheNearest) {
  Window window;
  window.kernel = {1, 3};
  const auto third = [&](std::int32_t sum) {
    return rounded_avg_pool({{1, 1, 3, 1}, std::vector<std::int32_t>{sum, 0, 0}}, window, kInt8)[0];
  };
  EXPECT_EQ(third(1), 0);
  EXPECT_EQ(third(2), 1);
  EXPECT_EQ(third(-1), 0);
  EXPECT_EQ(third(-2), -1);
  EXPECT_EQ(third(4), 1);
  EXPECT_EQ(third(-5), -2);
}

TEST(RoundedAvgPool, ClampsTheMean) {
  const IntTensor x({1, 2, 2, 2}, std::vector<std::int32_t>{9, -9, 9, -9, 9, -9, 9, -9});
  EXPECT_EQ(rounded_avg_pool(x, square(2), {-5, 6}).data, (std::vector<std::int32_t>{6, -5}));
}

TEST(RoundedAvgPool, CountsOnlyPixelsInsideTheImage) {
  Window window;
  window.kernel = {3, 3};
  window.padding = {1, 1, 1, 1};
  const IntTensor x({1, 2, 2, 1}, std::vector<std::int32_t>{10, 20, 30, 41});
  EXPECT_EQ(rounded_avg_pool(x, window, kInt8).data,
            (std::vector<std::int32_t>{25, 25, 25, 25}));  // 101 / 4 at every position.
  window.padding = {1, 0, 0, 0};
  window.kernel = {2, 1};
  EXPECT_EQ(rounded_avg_pool(x, window, kInt8).data,
            (std::vector<std::int32_t>{10, 20, 20, 31}));  // 30.5 goes up.
}

TEST(RoundedAvgPool, KeepsImagesAndChannelsApart) {
  constexpr std::uint32_t kSeed = 42;
  Random random(kSeed);
  const IntTensor x = random.ints({2, 4, 6, 3}, -128, 127);
  const IntTensor y = rounded_avg_pool(x, square(2), kInt8);
  ASSERT_EQ(y.shape, (Shape{2, 2, 3, 3}));
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const std::int64_t c = i % 3, w = i / 3 % 3, h = i / 9 % 2, n = i / 18;
    std::int32_t sum = 0;
    for (std::int64_t kh = 0; kh < 2; ++kh)
      for (std::int64_t kw = 0; kw < 2; ++kw)
        sum += x[((n * 4 + 2 * h + kh) * 6 + 2 * w + kw) * 3 + c];
    ASSERT_EQ(y[i], std::lround(sum / 4.0)) << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
