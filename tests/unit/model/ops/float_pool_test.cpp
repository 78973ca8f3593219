// float_pool_test.cpp: average pools in float32.
#include "model/ops/float_pool.h"

#include <gtest/gtest.h>

#include "model/ops/float_conv2d.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

TEST(FloatAvgPool, DividesByTheWindowOrByThePixelsInside) {
  const FloatTensor x({1, 2, 2, 1}, std::vector<float>{1, 2, 3, 6});
  Window window;
  window.kernel = {3, 3};
  window.padding = {1, 1, 1, 1};
  EXPECT_EQ(float_avg_pool(x, window, false), FloatTensor({1, 2, 2, 1}, 3.0F));
  EXPECT_EQ(float_avg_pool(x, window, true), FloatTensor({1, 2, 2, 1}, 12.0F / 9.0F));
}

// Products with 1 are exact, so the sums are those of a depthwise convolution.
TEST(FloatAvgPool, IsAUnitConvolutionDividedByTheWindow) {
  constexpr std::uint32_t kSeed = 16;
  Random random(kSeed);
  for (int i = 0; i < 100; ++i) {
    Conv2dParams params;
    params.window = random.window();
    params.groups = 3;
    const FloatTensor x = random.floats({2, 5, 6, 3});
    const std::int64_t taps = params.window.kernel[0] * params.window.kernel[1];
    FloatTensor sums = float_conv2d(
        x, FloatTensor({params.window.kernel[0], params.window.kernel[1], 1, 3}, 1), {}, params);
    for (float& value : sums.data) value /= static_cast<float>(taps);
    ASSERT_EQ(float_avg_pool(x, params.window, true), sums) << "case " << i << ", seed " << kSeed;
  }
}

TEST(FloatGlobalAvgPool, AveragesEachChannelOfEachImage) {
  const FloatTensor x({2, 1, 2, 2}, std::vector<float>{1, 10, 3, 20, 5, 30, 7, 50});
  EXPECT_EQ(float_global_avg_pool(x), FloatTensor({2, 1, 1, 2}, std::vector<float>{2, 15, 6, 40}));
}

}  // namespace
}  // namespace systole
