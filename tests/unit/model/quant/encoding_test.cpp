// encoding_test.cpp: scales and zero points at the corners of ranges.
#include "model/quant/encoding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace systole {
namespace {

TEST(SymmetricEncoding, ScaleMapsTheLargestMagnitudeToTheLastCode) {
  const Quantizer q = symmetric_encoding({-2.54, 1.0}, 8);
  EXPECT_DOUBLE_EQ(q.scale, 0.02);
  EXPECT_EQ(q.zero_point, 0);
  EXPECT_EQ(q.type, (IntType{8, true}));
  EXPECT_EQ(quantize(-2.54, q), -127);
  EXPECT_EQ(quantize(+2.54, q), +127);
}

TEST(SymmetricEncoding, ARangeOfZerosHasScale1) {
  EXPECT_EQ(symmetric_encoding({0, 0}, 8).scale, 1.0);
  EXPECT_EQ(unsigned_encoding({0, 0}, 8).scale, 1.0);
  EXPECT_EQ(affine_encoding({0, 0}, 8).scale, 1.0);
  EXPECT_EQ(affine_encoding({0, 0}, 8).zero_point, 0);
}

TEST(SymmetricEncoding, ARangeTooSmallForAScaleHasScale1) {
  EXPECT_EQ(symmetric_encoding({0, 1e-310}, 8).scale, 1.0);
}

TEST(UnsignedEncoding, UsesAllCodes) {
  const Quantizer q = unsigned_encoding({0.5, 25.5}, 8);
  EXPECT_DOUBLE_EQ(q.scale, 0.1);
  EXPECT_EQ(q.type, (IntType{8, false}));
  EXPECT_EQ(quantize(25.5, q), 255);
}

TEST(AffineEncoding, ZeroIsACode) {
  const Quantizer q = affine_encoding({-1.0, 1.55}, 8);
  EXPECT_DOUBLE_EQ(q.scale, 0.01);
  EXPECT_EQ(q.zero_point, 100);
  EXPECT_EQ(quantize(0.0, q), 100);
  EXPECT_EQ(dequantize(100, q), 0.0);
}

TEST(AffineEncoding, TheRangeIsWidenedToHoldZero) {
  const Quantizer above = affine_encoding({1.0, 2.55}, 8);
  EXPECT_DOUBLE_EQ(above.scale, 0.01);
  EXPECT_EQ(above.zero_point, 0);
  const Quantizer below = affine_encoding({-2.55, -1.0}, 8);
  EXPECT_DOUBLE_EQ(below.scale, 0.01);
  EXPECT_EQ(below.zero_point, 255);
}

TEST(AffineEncoding, EveryValueOfTheRangeIsWithinOneStep) {
  constexpr std::uint32_t kSeed = 5;
  std::mt19937 generator(kSeed);
  std::uniform_real_distribution<double> draw(-10, 10);
  for (int i = 0; i < 1000; ++i) {
    const double a = draw(generator);
    const double b = draw(generator);
    const RealRange range = {std::min(a, b), std::max(a, b)};
    for (const int bits : {2, 4, 8}) {
      const Quantizer q = affine_encoding(range, bits);
      for (const double x : {range.lo, range.hi, (range.lo + range.hi) / 2})
        ASSERT_LE(std::abs(dequantize(quantize(x, q), q) - x), q.scale * 1.0001)
            << "seed " << kSeed << ": " << x << " in [" << range.lo << ", " << range.hi << "]";
    }
  }
}

TEST(QuantizeWeight, EveryChannelHasItsOwnScale) {
  const FloatTensor weight({2, 3}, {1.27F, 0.0F, -0.5F, -0.635F, 0.0F, 0.25F});
  const QuantizedWeight q = quantize_weight(weight, 8);
  ASSERT_EQ(q.scales.size(), 3U);
  EXPECT_NEAR(q.scales[0], 0.01, 1e-9);
  EXPECT_EQ(q.scales[1], 1.0);  // A channel of zeros.
  EXPECT_EQ(q.codes.data, (std::vector<std::int32_t>{127, 0, -127, -64, 0, 64}));
}

TEST(QuantizeWeight, CodesStaySymmetricForEveryWidth) {
  const FloatTensor weight({3, 1}, {-1.0F, 0.3F, 1.0F});
  for (int bits = 2; bits <= 8; ++bits) {
    const std::int32_t limit = (1 << (bits - 1)) - 1;
    const QuantizedWeight q = quantize_weight(weight, bits);
    EXPECT_EQ(q.codes[0], -limit) << bits;
    EXPECT_EQ(q.codes[2], +limit) << bits;
  }
}

}  // namespace
}  // namespace systole
