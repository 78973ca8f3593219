// quantize_test.cpp: reals to codes and back.
#include "model/ops/quantize.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace systole {
namespace {

constexpr Quantizer kInt8{0.5, 0, {8, true}};
constexpr Quantizer kAffine{0.25, 10, {8, false}};

TEST(Quantize, RoundsTiesToEven) {
  EXPECT_EQ(quantize(0.25, kInt8), 0);
  EXPECT_EQ(quantize(0.75, kInt8), 2);
  EXPECT_EQ(quantize(-0.25, kInt8), 0);
  EXPECT_EQ(quantize(-0.75, kInt8), -2);
}

TEST(Quantize, AddsTheZeroPointAfterRounding) {
  EXPECT_EQ(quantize(0.0, kAffine), 10);
  EXPECT_EQ(quantize(0.125, kAffine), 10);  // 0.5 goes to 0, not 10.5 to 10.
  EXPECT_EQ(quantize(0.375, kAffine), 12);  // 1.5 goes to 2.
  EXPECT_EQ(quantize(0.125, (Quantizer{0.25, 11, {8, false}})), 11);  // 11.5 would go to 12.
}

TEST(Quantize, Clamps) {
  EXPECT_EQ(quantize(63.5, kInt8), 127);
  EXPECT_EQ(quantize(64.0, kInt8), 127);
  EXPECT_EQ(quantize(-64.0, kInt8), -128);
  EXPECT_EQ(quantize(-64.5, kInt8), -128);
  EXPECT_EQ(quantize(-2.5, kAffine), 0);
  EXPECT_EQ(quantize(-2.75, kAffine), 0);
  EXPECT_EQ(quantize(1e300, kInt8), 127);
  EXPECT_EQ(quantize(-1e300, kInt8), -128);
}

TEST(Quantize, HasACodeForEveryFloat) {
  using Limits = std::numeric_limits<double>;
  EXPECT_EQ(quantize(Limits::infinity(), kInt8), 127);
  EXPECT_EQ(quantize(-Limits::infinity(), kInt8), -128);
  EXPECT_EQ(quantize(Limits::quiet_NaN(), kInt8), -128);
}

TEST(Quantize, InvertsDequantizeOnEveryCode) {
  for (const Quantizer& quantizer : {kInt8, kAffine, Quantizer{0.1, -3, {9, true}}}) {
    const IntRange range = quantizer.type.range();
    for (std::int64_t code = range.lo; code <= range.hi; ++code) {
      const auto narrow = static_cast<std::int32_t>(code);
      EXPECT_EQ(quantize(dequantize(narrow, quantizer), quantizer), narrow);
    }
  }
}

TEST(Dequantize, IsCodeLessZeroPointTimesScale) {
  EXPECT_EQ(dequantize(10, kAffine), 0.0);
  EXPECT_EQ(dequantize(0, kAffine), -2.5);
  EXPECT_EQ(dequantize(INT32_MAX, (Quantizer{1.0, INT32_MIN, {32, true}})), 4294967295.0);
}

TEST(Quantize, OfTensorsTakesOneQuantizerOrOnePerChannel) {
  const FloatTensor x({2, 2}, std::vector<float>{1, 1, -1, -1});
  EXPECT_EQ(quantize(x, kInt8).data, (std::vector<std::int32_t>{2, 2, -2, -2}));
  const std::array both = {kInt8, kAffine};
  const IntTensor codes = quantize(x, both);
  EXPECT_EQ(codes.data, (std::vector<std::int32_t>{2, 14, -2, 6}));
  EXPECT_EQ(dequantize(codes, both), x);
  EXPECT_EQ(dequantize(IntTensor({1}, 3), kInt8), FloatTensor({1}, 1.5F));
}

}  // namespace
}  // namespace systole
