// float32_test.cpp: one product in single precision.
#include "model/ops/requantise/float32.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

TEST(RequantiseFloat32, RoundsTiesToEven) {
  EXPECT_EQ(requantise_float32(1, 0.5F), 0);
  EXPECT_EQ(requantise_float32(3, 0.5F), 2);
  EXPECT_EQ(requantise_float32(5, 0.5F), 2);
  EXPECT_EQ(requantise_float32(-1, 0.5F), 0);
  EXPECT_EQ(requantise_float32(-3, 0.5F), -2);
  EXPECT_EQ(requantise_float32(-5, 0.5F), -2);
  EXPECT_EQ(requantise_float32(-7, 0.25F), -2);  // -1.75
}

TEST(RequantiseFloat32, RoundsTheAccumulatorToFloatFirst) {
  EXPECT_EQ(requantise_float32((1 << 24) + 1, 1), 1 << 24);  // A tie, to even.
  EXPECT_EQ(requantise_float32((1 << 24) + 3, 1), (1 << 24) + 4);
  EXPECT_EQ(requantise_float32(-(1 << 24) - 1, 1), -(1 << 24));
}

TEST(RequantiseFloat32, RoundsTheProductToFloatBeforeTheInteger) {
  // The exact product is a little above 6.5, the float one is 6.5.
  EXPECT_GT(123 * double{0x1.b0e91cp-5F}, 6.5);
  EXPECT_EQ(requantise_float32(123, 0x1.b0e91cp-5F), 6);
  // And a little below 7.5.
  EXPECT_LT(181 * double{0x1.53729p-5F}, 7.5);
  EXPECT_EQ(requantise_float32(181, 0x1.53729p-5F), 8);
}

TEST(RequantiseFloat32, SaturatesTo32Bits) {
  EXPECT_EQ(requantise_float32(INT32_MAX, 1), INT32_MAX);  // 2^31 in float.
  EXPECT_EQ(requantise_float32(INT32_MIN, 1), INT32_MIN);
  EXPECT_EQ(requantise_float32(1, 1e30F), INT32_MAX);
  EXPECT_EQ(requantise_float32(-1, 1e30F), INT32_MIN);
  EXPECT_EQ(requantise_float32(INT32_MAX, 3e38F), INT32_MAX);  // The product is infinite.
  EXPECT_EQ(requantise_float32(INT32_MIN, 3e38F), INT32_MIN);
  EXPECT_EQ(requantise_float32(0, 3e38F), 0);
}

/// A number of `bits` leading bits of the fraction, ties to even: what a float holds.
Fraction rounded_to_bits(const Fraction& x, int bits) {
  Wide size = x.numerator < 0 ? -x.numerator : x.numerator;
  int scale = 0;  // x = numerator * 2^scale / denominator.
  while (size / power_of_two(scale) >= power_of_two(bits)) ++scale;
  const Wide kept = nearest({x.numerator, power_of_two(scale)}, Tie::kEven);
  return {kept * power_of_two(scale), x.denominator};
}

TEST(RequantiseFloat32, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 33;
  constexpr int kFloatBits = 24;
  Random random(kSeed);
  for (int i = 0; i < 50'000; ++i) {
    const auto acc =
        static_cast<std::int32_t>(random.integer(INT32_MIN, INT32_MAX) >> random.integer(0, 31));
    const float factor = std::ldexp(static_cast<float>(random.integer(1 << 23, (1 << 24) - 1)),
                                    static_cast<int>(random.integer(-54, -23)));
    const Fraction f = exactly(factor);
    const Wide rounded_acc = rounded_to_bits({acc, 1}, kFloatBits).numerator;
    const Fraction product =
        rounded_to_bits({rounded_acc * f.numerator, f.denominator}, kFloatBits);
    const Wide expected = limited(nearest(product, Tie::kEven), INT32_MIN, INT32_MAX);
    ASSERT_EQ(requantise_float32(acc, factor), static_cast<std::int32_t>(expected))
        << acc << " * " << factor << ", number " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
