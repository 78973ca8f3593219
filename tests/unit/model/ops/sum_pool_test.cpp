// sum_pool_test.cpp: sums under windows.
#include "model/ops/sum_pool.h"

#include <gtest/gtest.h>

#include "model/ops/int_conv2d.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

TEST(SumPool, SubtractsTheZeroPointOfPixelsOnly) {
  Window window;
  window.kernel = {3, 3};
  window.padding = {1, 1, 1, 1};
  const IntTensor x({1, 1, 2, 1}, std::vector<std::int32_t>{10, 20});
  EXPECT_EQ(sum_pool(x, window, 3), IntTensor({1, 1, 2, 1}, 24));  // (10 - 3) + (20 - 3)
}

// Padding with x = zero_point adds nothing; per channel it is a convolution with unit weights.
TEST(SumPool, IsAnUnitConvolutionPerChannel) {
  constexpr std::uint32_t kSeed = 10;
  Random random(kSeed);
  for (int i = 0; i < 200; ++i) {
    const auto zero_point = static_cast<std::int32_t>(random.integer(-128, 127));
    Conv2dParams params;
    params.window = random.window();
    params.groups = 3;
    const IntTensor x = random.ints({2, 5, 6, 3}, -128, 127);
    IntTensor centred = x;
    for (std::int32_t& value : centred.data) value -= zero_point;
    const IntTensor ones({params.window.kernel[0], params.window.kernel[1], 1, 3}, 1);
    ASSERT_EQ(sum_pool(x, params.window, zero_point), int_conv2d(centred, ones, params))
        << "case " << i << ", seed " << kSeed;
  }
}

TEST(SumPoolBound, IsReached) {
  Window window;
  window.kernel = {2, 3};
  EXPECT_EQ(sum_pool_bound(window, {-128, 127}, 10), 6 * 138);
  EXPECT_EQ(sum_pool_bound(window, {0, 255}, 10), 6 * 245);
  EXPECT_EQ(sum_pool(IntTensor({1, 2, 3, 1}, -128), window, 10)[0], -6 * 138);
}

}  // namespace
}  // namespace systole
