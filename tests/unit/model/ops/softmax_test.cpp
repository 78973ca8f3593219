#include "model/ops/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace systole {
namespace {

constexpr float kBoundless = std::numeric_limits<float>::infinity();

TEST(Softmax, SharesEquallyBetweenEqualElements) {
  EXPECT_EQ(softmax({{1, 4}, {7, 7, 7, 7}}), FloatTensor({1, 4}, 0.25F));
  EXPECT_EQ(softmax({{2, 1}, {-5, 5}}), FloatTensor({2, 1}, 1));
}

// Another language's doubles, rounded to float32.
TEST(Softmax, DependsOnDifferencesOnlyAndRowByRow) {
  const std::vector<float> shares = {0x1.70c3e6p-4F, 0x1.f53434p-3F, 0x1.549a76p-1F};
  const FloatTensor y = softmax({{2, 1, 3}, {1, 2, 3, 1001, 1002, 1003}});
  EXPECT_EQ(y.shape, (Shape{2, 1, 3}));
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(y[i], shares[static_cast<std::size_t>(i % 3)]);
}

TEST(Softmax, KeepsTheWholeRangeOfFloats) {
  EXPECT_EQ(softmax({{1, 2}, {3e38F, -3e38F}}), FloatTensor({1, 2}, {1, 0}));
  EXPECT_EQ(softmax({{1, 2}, {-kBoundless, -3}}), FloatTensor({1, 2}, {0, 1}));
}

TEST(Softmax, OfARowWithoutSharesIsNan) {
  const float nan = std::nanf("");
  const FloatTensor y =
      softmax({{4, 2}, {nan, 1, 1, nan, kBoundless, 0, -kBoundless, -kBoundless}});
  for (const float share : y.data) EXPECT_TRUE(std::isnan(share));
}

}  // namespace
}  // namespace systole
