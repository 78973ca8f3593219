#include "model/ops/layer_norm.h"

#include <gtest/gtest.h>

#include <cmath>

namespace systole {
namespace {

FloatTensor ones(std::int64_t n) { return FloatTensor({n}, 1.0F); }
FloatTensor zeros(std::int64_t n) { return FloatTensor({n}, 0.0F); }

TEST(LayerNorm, DividesByTheBiasedDeviation) {
  // Mean 2, variance ((1)^2 + 0 + 1^2) / 3 = 2/3; with epsilon 1/3 the deviation is 1.
  const FloatTensor y = layer_norm({{1, 3}, {1, 2, 3}}, ones(3), zeros(3), 1.0F / 3.0F);
  EXPECT_NEAR(y[0], -1, 1e-7);
  EXPECT_NEAR(y[1], 0, 1e-7);
  EXPECT_NEAR(y[2], 1, 1e-7);
}

TEST(LayerNorm, ScalesAndShiftsEachChannel) {
  // Mean 0, variance 1.
  const FloatTensor y =
      layer_norm({{1, 2}, {-1, 1}}, FloatTensor({2}, {2, 4}), FloatTensor({2}, {10, 20}), 0);
  EXPECT_EQ(y.data, (std::vector<float>{8, 24}));
}

TEST(LayerNorm, TakesEveryRowByItself) {
  const FloatTensor y = layer_norm({{1, 2, 2}, {-1, 1, 99, 101}}, ones(2), zeros(2), 0);
  EXPECT_EQ(y.data, (std::vector<float>{-1, 1, -1, 1}));
}

TEST(LayerNorm, OfEqualElementsIsBeta) {
  const FloatTensor y = layer_norm({{1, 2}, {7, 7}}, ones(2), FloatTensor({2}, {3, 4}), 0);
  EXPECT_EQ(y.data, (std::vector<float>{3, 4}));
}

TEST(LayerNorm, KeepsSmallDifferencesOfLargeValues) {
  // In float32 the squares of 1e6 would hide a variance of 1/4.
  const FloatTensor y = layer_norm({{1, 2}, {1e6F, 1e6F + 1}}, ones(2), zeros(2), 0);
  EXPECT_EQ(y.data, (std::vector<float>{-1, 1}));
}

}  // namespace
}  // namespace systole
