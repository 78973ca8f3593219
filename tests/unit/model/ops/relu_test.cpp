// relu_test.cpp: nothing below zero.
#include "model/ops/relu.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systole {
namespace {

TEST(Relu, StopsAtTheZeroPoint) {
  const IntTensor x({5}, std::vector<std::int32_t>{-128, -1, 0, 1, 127});
  EXPECT_EQ(relu(x).data, (std::vector<std::int32_t>{0, 0, 0, 1, 127}));
  EXPECT_EQ(relu(x, -1).data, (std::vector<std::int32_t>{-1, -1, 0, 1, 127}));
  EXPECT_EQ(relu(x, 5).data, (std::vector<std::int32_t>{5, 5, 5, 5, 127}));
}

TEST(Relu, OfFloatsKeepsNaN) {
  const FloatTensor x(
      {4}, std::vector<float>{-1.0F, 0.0F, 2.5F, std::numeric_limits<float>::quiet_NaN()});
  const FloatTensor y = relu(x);
  EXPECT_EQ(y[0], 0.0F);
  EXPECT_EQ(y[1], 0.0F);
  EXPECT_EQ(y[2], 2.5F);
  EXPECT_TRUE(std::isnan(y[3]));
}

TEST(Relu, OfFloatsStopsAtTheMaximum) {
  const FloatTensor x({6}, std::vector<float>{-1.0F, 0.0F, 5.5F, 6.0F, 6.5F,
                                              std::numeric_limits<float>::quiet_NaN()});
  const FloatTensor y = relu(x, 6.0F);
  EXPECT_EQ(std::vector<float>(y.data.begin(), y.data.end() - 1),
            (std::vector<float>{0.0F, 0.0F, 5.5F, 6.0F, 6.0F}));
  EXPECT_TRUE(std::isnan(y[5]));
}

}  // namespace
}  // namespace systole
