// compare_test.cpp: equality of reals as numbers; integers are tested with traces.
#include "model/tensor/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systole {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Comparison compare_one(float expected, float got) {
  return compare_tensors(FloatTensor({1}, expected), FloatTensor({1}, got));
}

TEST(CompareReals, AreEqualAsNumbers) {
  for (const float value : {0.0F, -1.5F, 1e-45F, 3.4e38F, kInfinity, kNan})
    EXPECT_TRUE(compare_one(value, value).matches()) << value;
  EXPECT_TRUE(compare_one(0.0F, -0.0F).matches());
  EXPECT_TRUE(compare_one(kNan, -kNan).matches());
}

TEST(CompareReals, DifferByTheSmallestStep) {
  EXPECT_FALSE(compare_one(1.0F, std::nextafter(1.0F, 2.0F)).matches());
  EXPECT_FALSE(compare_one(0.0F, 1e-45F).matches());
  EXPECT_FALSE(compare_one(kInfinity, -kInfinity).matches());
  EXPECT_FALSE(compare_one(kNan, 0.0F).matches());
  EXPECT_FALSE(compare_one(0.0F, kNan).matches());
}

TEST(CompareReals, KeepTheFirstDifference) {
  const Comparison result =
      compare_tensors(FloatTensor({4}, {1, 2, 3, 4}), FloatTensor({4}, {1, 2.5F, 3, 5}));
  EXPECT_EQ(result.compared, 4);
  EXPECT_EQ(result.mismatched, 2);
  EXPECT_EQ(result.first, 1);
  EXPECT_EQ(result.expected, 2);
  EXPECT_EQ(result.got, 2.5);
}

TEST(CompareAny, CountsMissingExtraAndShapes) {
  const AnyTensor reals = FloatTensor({2, 3}, 1.0F);
  EXPECT_EQ(compare_tensors(reals, FloatTensor({1, 3}, 1.0F)).missing, 3);
  EXPECT_EQ(compare_tensors(reals, FloatTensor({3, 3}, 1.0F)).extra, 3);
  EXPECT_FALSE(compare_tensors(reals, FloatTensor({3, 2}, 1.0F)).matches());
  EXPECT_TRUE(compare_tensors(reals, reals).matches());
  EXPECT_FALSE(compare_tensors(FloatTensor(Shape{0}), FloatTensor(Shape{0})).matches());
}

TEST(CompareAny, IntegersAreNoReals) {
  const Comparison result =
      compare_tensors(AnyTensor(IntTensor({4}, 1)), AnyTensor(FloatTensor({2, 3}, 1.0F)));
  EXPECT_EQ(result.compared, 0);
  EXPECT_EQ(result.missing, 4);
  EXPECT_EQ(result.extra, 6);
  EXPECT_FALSE(result.same_shape);
  EXPECT_FALSE(result.matches());
}

}  // namespace
}  // namespace systole
