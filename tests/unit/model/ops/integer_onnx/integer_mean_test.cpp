// integer_mean_test.cpp: rounded means over axes.
#include "model/ops/integer_onnx/integer_mean.h"

#include <gtest/gtest.h>

#include <limits>

namespace systole {
namespace {

std::int32_t mean_of_all(std::vector<std::int32_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return integer_mean({{1, count, 1}, std::move(values)}, {.axes = {0}})[0];
}

TEST(IntegerMean, RoundsTiesUp) {
  EXPECT_EQ(mean_of_all({1, 2}), 2);     // 1.5
  EXPECT_EQ(mean_of_all({-1, -2}), -1);  // -1.5
  EXPECT_EQ(mean_of_all({0, 1}), 1);
  EXPECT_EQ(mean_of_all({0, -1}), 0);
}

TEST(IntegerMean, RoundsToTheNearest) {
  EXPECT_EQ(mean_of_all({1, 1, 2}), 1);
  EXPECT_EQ(mean_of_all({1, 2, 2}), 2);
  EXPECT_EQ(mean_of_all({-1, -1, -2}), -1);
  EXPECT_EQ(mean_of_all({-1, -2, -2}), -2);
}

TEST(IntegerMean, OfOneElementIsTheElement) {
  for (const std::int32_t x : {-128, -1, 0, 1, 127}) EXPECT_EQ(mean_of_all({x}), x);
}

TEST(IntegerMean, HoldsAtTheEndsOf32Bits) {
  constexpr std::int32_t kLo = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kHi = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(mean_of_all({kLo, kLo, kLo}), kLo);
  EXPECT_EQ(mean_of_all({kHi, kHi, kHi}), kHi);
  EXPECT_EQ(mean_of_all({kLo, kHi}), 0);  // -0.5
}

const IntTensor kMeanCube({2, 2, 3}, {1, 2, 3, 5, 6, 7, 10, 20, 30, 50, 60, 70});

TEST(IntegerMean, TakesTheAxesThatItNames) {
  EXPECT_EQ(integer_mean(kMeanCube, {.axes = {0}}), IntTensor({2, 3}, {3, 4, 5, 30, 40, 50}));
  EXPECT_EQ(integer_mean(kMeanCube, {.axes = {1}}), IntTensor({2, 2}, {2, 6, 20, 60}));
  EXPECT_EQ(integer_mean(kMeanCube, {.axes = {0, 1}}), IntTensor({2}, {4, 40}));
}

TEST(IntegerMean, KeepsAxesOnDemand) {
  EXPECT_EQ(integer_mean(kMeanCube, {.axes = {0}, .keep_axes = true}),
            IntTensor({2, 1, 3}, {3, 4, 5, 30, 40, 50}));
  EXPECT_EQ(integer_mean_shape({5, 2, 3, 4}, {.axes = {0, 2}, .keep_axes = true}),
            (Shape{5, 1, 3, 1}));
  EXPECT_EQ(integer_mean_shape({5, 2, 3, 4}, {.axes = {0, 2}}), (Shape{5, 3}));
}

}  // namespace
}  // namespace systole
