// i_layer_norm_test.cpp: rows normalised in integers.
#include "model/ops/integer_onnx/i_layer_norm.h"

#include <gtest/gtest.h>

#include <limits>

namespace systole {
namespace {

constexpr IntRange kLayerCodes = {-128, 127};

IntTensor layer_row(std::vector<std::int32_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{1, count}, std::move(values)};
}

ILayerNorm layer_norm_of(std::int32_t weight, std::int32_t bias, int shift = 0) {
  return {.weight = IntTensor({1}, weight),
          .bias = IntTensor({1}, bias),
          .shift = shift,
          .clamp = kLayerCodes};
}

TEST(IntegerSqrt, RoundsDown) {
  for (std::int64_t root = 0; root <= 70000; ++root) {
    ASSERT_EQ(integer_sqrt(root * root), root);
    ASSERT_EQ(integer_sqrt(root * root + 2 * root), root);  // One below the next square.
  }
}

TEST(IntegerSqrt, HoldsAtTheEndsOf64Bits) {
  EXPECT_EQ(integer_sqrt(std::int64_t{1} << 54), 1 << 27);
  EXPECT_EQ(integer_sqrt(std::numeric_limits<std::int64_t>::max()), 3037000499);
}

TEST(ILayerNorm, DividesByTheDeviation) {
  // Mean 0, mean square 9, isqrt(10) = 3; 3 * 7 / 3 = 7.
  EXPECT_EQ(i_layer_norm(layer_row({3, -3, 3, -3}), layer_norm_of(7, 0)),
            layer_row({7, -7, 7, -7}));
}

TEST(ILayerNorm, TruncatesTheMeanTowardsZero) {
  // Mean 1.5 becomes 1: differences 0 and 1, mean square floor(0.5) = 0, s = 1.
  EXPECT_EQ(i_layer_norm(layer_row({1, 2}), layer_norm_of(10, 0)), layer_row({0, 10}));
  // Mean -1.5 becomes -1, not -2.
  EXPECT_EQ(i_layer_norm(layer_row({-1, -2}), layer_norm_of(10, 0)), layer_row({0, -10}));
}

TEST(ILayerNorm, TruncatesTheQuotientTowardsZero) {
  // Mean 0, mean square 4, isqrt(5) = 2; +-2 * 3 / 2 = 3; weight 1: 2 / 2 = 1.
  EXPECT_EQ(i_layer_norm(layer_row({2, -2}), layer_norm_of(1, 0)), layer_row({1, -1}));
  // Differences +-1 twice and +-3 twice: mean square 5, isqrt(6) = 2: 1 / 2 is 0 on both sides.
  EXPECT_EQ(i_layer_norm(layer_row({1, -1, 3, -3}), layer_norm_of(1, 0)), layer_row({0, 0, 1, -1}));
}

TEST(ILayerNorm, RoundsTheShiftDown) {
  // 7 and -7, plus 0: floor(7 / 4) = 1, floor(-7 / 4) = -2; with bias 2: 9 / 4 = 2, -5 / 4 = -2.
  EXPECT_EQ(i_layer_norm(layer_row({3, -3}), layer_norm_of(7, 0, 2)), layer_row({1, -2}));
  EXPECT_EQ(i_layer_norm(layer_row({3, -3}), layer_norm_of(7, 2, 2)), layer_row({2, -2}));
}

TEST(ILayerNorm, GivesTheBiasWhereARowIsConstant) {
  for (const std::int32_t value : {-128, -1, 0, 5, 127})
    EXPECT_EQ(i_layer_norm(layer_row({value, value, value}), layer_norm_of(1000, -9, 1)),
              layer_row({-5, -5, -5}));
}

TEST(ILayerNorm, GivesTheBiasOfARowOfOneElement) {
  EXPECT_EQ(i_layer_norm(layer_row({77}), layer_norm_of(1 << 30, 3)), layer_row({3}));
}

TEST(ILayerNorm, ClampsTheCodes) {
  EXPECT_EQ(i_layer_norm(layer_row({3, -3}), layer_norm_of(1000, 0)), layer_row({127, -128}));
}

TEST(ILayerNorm, HasConstantsPerChannelAndRowsOfTheirOwn) {
  const ILayerNorm op{.weight = IntTensor({2}, {7, -70}),
                      .bias = IntTensor({2}, {1, -1}),
                      .shift = 0,
                      .clamp = kLayerCodes};
  // Row 2: mean 0, mean square 0, s = 1.
  EXPECT_EQ(i_layer_norm(IntTensor({2, 2}, {3, -3, 0, 0}), op), IntTensor({2, 2}, {8, 69, 1, -1}));
}

TEST(ILayerNorm, IsExactAtItsWidestOperandAndWeight) {
  // Mean trunc(-1 / 2) = 0; squares 65535^2 + 65536^2 over 2; s = 65535 (65535.5 rounded down).
  ILayerNorm op = layer_norm_of(std::numeric_limits<std::int32_t>::max(), 0, 24);
  EXPECT_EQ(i_layer_norm(layer_row({65535, -65536}), op), layer_row({127, -128}));
  op.shift = 25;  // 2^31 - 1 and -(2^31 - 1) * 65536 / 65535 = -2147516415 over 2^25.
  EXPECT_EQ(i_layer_norm(layer_row({65535, -65536}), op), layer_row({63, -65}));
}

}  // namespace
}  // namespace systole
