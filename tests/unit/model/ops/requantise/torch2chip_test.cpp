// torch2chip_test.cpp: float32 arithmetic between integer layers.
#include "model/ops/requantise/torch2chip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systole {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(FloatMulShift, ScalesAddsAndShifts) {
  const IntTensor x({1, 2}, std::vector<std::int32_t>{3, -5});
  const FloatMulShift op{.scale = {10}, .bias = {1}, .shift = 2};
  EXPECT_EQ(float_mul_shift(x, op).data, (std::vector<float>{31 / 4.0F, -49 / 4.0F}));
}

TEST(FloatMulShift, TakesRealsToo) {
  const FloatTensor x({1, 2}, std::vector<float>{0.5F, -0.25F});
  const FloatMulShift op{.scale = {4}, .bias = {-1}, .shift = 1};
  EXPECT_EQ(float_mul_shift(x, op), FloatTensor({1, 2}, std::vector<float>{0.5F, -1}));
}

TEST(FloatMulShift, TakesScaleAndBiasPerChannelOrOneForAll) {
  const IntTensor x({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  EXPECT_EQ(float_mul_shift(x, {.scale = {10, 100}, .bias = {1}}).data,
            (std::vector<float>{11, 201, 31, 401}));
  EXPECT_EQ(float_mul_shift(x, {.scale = {10}, .bias = {0, 5}}).data,
            (std::vector<float>{10, 25, 30, 45}));
}

TEST(FloatMulShift, ShiftsByNothingAndBySixtyTwo) {
  const IntTensor x({1}, std::vector<std::int32_t>{3});
  EXPECT_EQ(float_mul_shift(x, {.scale = {1}, .bias = {0}, .shift = 0})[0], 3);
  EXPECT_EQ(float_mul_shift(x, {.scale = {1}, .bias = {0}, .shift = 62})[0], 0x3p-62F);
}

TEST(FloatMulShift, RoundsTheProductBeforeItAddsTheBias) {
  // 4097^2 = 16785409 is odd and above 2^24: its float is 16785408.
  const FloatMulShift op{.scale = {4097}, .bias = {-16785408}};
  EXPECT_EQ(std::fma(4097.0F, 4097.0F, -16785408.0F), 1);
  EXPECT_EQ(float_mul_shift(IntTensor({1}, 4097), op)[0], 0);
  EXPECT_EQ(float_mul_shift(FloatTensor({1}, 4097), op)[0], 0);
}

TEST(FloatMulShift, RoundsTheSumBeforeItShifts) {
  // 2^24 + 1 is a tie that goes to 2^24.
  const FloatMulShift op{.scale = {1}, .bias = {1}, .shift = 24};
  EXPECT_EQ(float_mul_shift(IntTensor({1}, 1 << 24), op)[0], 1);
}

TEST(FloatMulShift, OverflowsBeforeItShifts) {
  EXPECT_EQ(
      float_mul_shift(FloatTensor({1}, 3e38F), {.scale = {1}, .bias = {3e38F}, .shift = 9})[0],
      kInfinity);
  EXPECT_EQ(float_mul_shift(FloatTensor({1}, 3e38F), {.scale = {2}, .bias = {0}, .shift = 9})[0],
            kInfinity);
}

TEST(FloatMulShift, RoundsAccumulatorsThatAFloatDoesNotHold) {
  const FloatMulShift op{.scale = {1}, .bias = {0}};
  EXPECT_EQ(float_mul_shift(IntTensor({1}, (1 << 24) + 1), op)[0], 0x1p24F);
  EXPECT_EQ(float_mul_shift(IntTensor({1}, INT32_MAX), op)[0], 0x1p31F);
}

QuantizeReal with(QuantizeRule rule, float factor, const IntRange& range) {
  return {.rule = rule, .factor = factor, .range = range};
}

TEST(QuantizeReal, MultipliesAndRoundsTiesToEven) {
  const QuantizeReal op = with(QuantizeRule::kMultiply, 2, {-128, 127});
  EXPECT_EQ(quantize_real(0.25F, op), 0);
  EXPECT_EQ(quantize_real(0.75F, op), 2);
  EXPECT_EQ(quantize_real(-0.25F, op), 0);
  EXPECT_EQ(quantize_real(-0.75F, op), -2);
  EXPECT_EQ(quantize_real(-1.25F, op), -2);
}

TEST(QuantizeReal, DividesAndRoundsTiesAwayFromZero) {
  const QuantizeReal op = with(QuantizeRule::kDivideHalfAway, 2, {-128, 127});
  EXPECT_EQ(quantize_real(1, op), 1);
  EXPECT_EQ(quantize_real(-1, op), -1);
  EXPECT_EQ(quantize_real(-5, op), -3);
  EXPECT_EQ(quantize_real(0.99F, op), 0);
}

TEST(QuantizeReal, DividesAndRoundsTiesToEven) {
  const QuantizeReal op = with(QuantizeRule::kDivideHalfEven, 2, {-128, 127});
  EXPECT_EQ(quantize_real(1, op), 0);
  EXPECT_EQ(quantize_real(-1, op), 0);
  EXPECT_EQ(quantize_real(-5, op), -2);
  EXPECT_EQ(quantize_real(7, op), 4);
}

TEST(QuantizeReal, DividesWhereTheRuleDividesAndMultipliesWhereItMultiplies) {
  // In float32, 3.1 / 0.2 lies just below 15.5 and 3.1 * 5 on it.
  EXPECT_EQ(quantize_real(3.1F, with(QuantizeRule::kDivideHalfEven, 0.2F, {-99, 99})), 15);
  EXPECT_EQ(quantize_real(3.1F, with(QuantizeRule::kDivideHalfAway, 0.2F, {-99, 99})), 15);
  EXPECT_EQ(quantize_real(3.1F, with(QuantizeRule::kMultiply, 5, {-99, 99})), 16);
}

TEST(QuantizeReal, ClampsWithTheZeroPointIn) {
  QuantizeReal op = with(QuantizeRule::kMultiply, 1, {0, 255});
  op.zero_point = 33;
  EXPECT_EQ(quantize_real(0, op), 33);
  EXPECT_EQ(quantize_real(-33, op), 0);
  EXPECT_EQ(quantize_real(-34, op), 0);
  EXPECT_EQ(quantize_real(222, op), 255);
  EXPECT_EQ(quantize_real(223, op), 255);
}

TEST(QuantizeReal, SubtractsTheZeroPointAfterTheClamp) {
  QuantizeReal op = with(QuantizeRule::kMultiply, 1, {0, 255});
  op.zero_point = 33;
  op.subtract = true;
  EXPECT_EQ(quantize_real(0, op), 0);
  EXPECT_EQ(quantize_real(-33, op), -33);
  EXPECT_EQ(quantize_real(-34, op), -33);
  EXPECT_EQ(quantize_real(222, op), 222);
  EXPECT_EQ(quantize_real(223, op), 222);
}

TEST(QuantizeReal, ClampsAgainAfterTheSubtraction) {
  QuantizeReal op = with(QuantizeRule::kMultiply, 1, {0, 255});
  op.zero_point = 33;
  op.subtract = true;
  op.clamp_again = true;
  EXPECT_EQ(quantize_real(-1, op), 0);  // The negative codes are lost.
  EXPECT_EQ(quantize_real(1, op), 1);
  EXPECT_EQ(quantize_real(1000, op), 222);
  op.zero_point = -33;
  EXPECT_EQ(quantize_real(10, op), 33);     // 0 less -33.
  EXPECT_EQ(quantize_real(1000, op), 255);  // 288.
}

TEST(QuantizeReal, SaturatesInfinities) {
  for (const QuantizeRule rule :
       {QuantizeRule::kMultiply, QuantizeRule::kDivideHalfAway, QuantizeRule::kDivideHalfEven}) {
    const QuantizeReal op = with(rule, 0.5F, {-7, 9});
    EXPECT_EQ(quantize_real(kInfinity, op), 9);
    EXPECT_EQ(quantize_real(-kInfinity, op), -7);
    EXPECT_EQ(quantize_real(3e38F, op), 9);
    EXPECT_EQ(quantize_real(-3e38F, op), -7);
  }
}

TEST(QuantizeReal, GivesTheLowestCodeForANan) {
  for (const QuantizeRule rule :
       {QuantizeRule::kMultiply, QuantizeRule::kDivideHalfAway, QuantizeRule::kDivideHalfEven}) {
    QuantizeReal op = with(rule, 0.5F, {-7, 9});
    op.zero_point = 2;
    EXPECT_EQ(quantize_real(kNan, op), -7);
    op.subtract = true;
    EXPECT_EQ(quantize_real(kNan, op), -9);
    op.clamp_again = true;
    EXPECT_EQ(quantize_real(kNan, op), -7);
  }
}

TEST(QuantizeReal, TakesEveryElement) {
  const FloatTensor x({2, 1, 2}, std::vector<float>{-9, 0.6F, 1.5F, 9});
  EXPECT_EQ(quantize_real(x, with(QuantizeRule::kMultiply, 1, {-8, 7})),
            IntTensor({2, 1, 2}, std::vector<std::int32_t>{-8, 1, 2, 7}));
}

TEST(FloatMulShift, TakesConstantsPerToken) {
  // [n 2, tokens 2, channels 2].
  const IntTensor x({2, 2, 2}, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(float_mul_shift(x, {.scale = {1, 10, 100, 1000}, .bias = {0}, .tokens = 2}).data,
            (std::vector<float>{1, 20, 300, 4000, 5, 60, 700, 8000}));
  EXPECT_EQ(float_mul_shift(x, {.scale = {1, 10}, .bias = {0, 1, 2, 3}, .tokens = 2}).data,
            (std::vector<float>{1, 3, 32, 43, 5, 7, 72, 83}));
}

TEST(QuantizeReal, TakesFactorAndZeroPointPerToken) {
  // [n 2, tokens 2, channels 2].
  const FloatTensor x({2, 2, 2}, std::vector<float>{1, 2, 1, 2, -1, 3, -1, 3});
  QuantizeReal op = with(QuantizeRule::kMultiply, 77, {0, 255});
  op.zero_point = 99;  // Unused, as the factor.
  op.token_factors = {1, 10};
  op.token_zero_points = {0, 5};
  EXPECT_EQ(quantize_real(x, op).data, (std::vector<std::int32_t>{1, 2, 15, 25, 0, 3, 0, 35}));
  op.subtract = true;
  EXPECT_EQ(quantize_real(x, op).data, (std::vector<std::int32_t>{1, 2, 10, 20, 0, 3, -5, 30}));
}

}  // namespace
}  // namespace systole
