// double_test.cpp: one product in double.
#include "model/ops/requantise/double.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

TEST(RequantiseDouble, SendsTiesWhereTheRoundingSays) {
  EXPECT_EQ(requantise_double(1, 0.5, Rounding::kHalfAway), 1);
  EXPECT_EQ(requantise_double(-1, 0.5, Rounding::kHalfAway), -1);
  EXPECT_EQ(requantise_double(-5, 0.5, Rounding::kHalfAway), -3);
  EXPECT_EQ(requantise_double(1, 0.5, Rounding::kHalfEven), 0);
  EXPECT_EQ(requantise_double(-1, 0.5, Rounding::kHalfEven), 0);
  EXPECT_EQ(requantise_double(-3, 0.5, Rounding::kHalfEven), -2);
  EXPECT_EQ(requantise_double(-5, 0.5, Rounding::kHalfEven), -2);
}

TEST(RequantiseDouble, DoesNotRoundTheLargestNumberBelowAHalfUp) {
  for (const Rounding rounding : {Rounding::kHalfAway, Rounding::kHalfEven}) {
    EXPECT_EQ(requantise_double(1, 0.49999999999999994, rounding), 0);
    EXPECT_EQ(requantise_double(-1, 0.49999999999999994, rounding), 0);
    EXPECT_EQ(requantise_double(1, 0.50000000000000011, rounding), 1);
  }
}

TEST(RequantiseDouble, KeepsEveryAccumulator) {
  for (const Rounding rounding : {Rounding::kHalfAway, Rounding::kHalfEven}) {
    EXPECT_EQ(requantise_double(INT32_MAX, 1, rounding), INT32_MAX);
    EXPECT_EQ(requantise_double(INT32_MIN, 1, rounding), INT32_MIN);
    EXPECT_EQ(requantise_double((1 << 24) + 1, 1, rounding), (1 << 24) + 1);
    EXPECT_EQ(requantise_double(INT32_MIN, 0, rounding), 0);
  }
}

TEST(RequantiseDouble, SaturatesTo32Bits) {
  for (const Rounding rounding : {Rounding::kHalfAway, Rounding::kHalfEven}) {
    EXPECT_EQ(requantise_double(INT32_MAX, 1.5, rounding), INT32_MAX);
    EXPECT_EQ(requantise_double(INT32_MIN, 1.5, rounding), INT32_MIN);
    EXPECT_EQ(requantise_double(INT32_MAX, 1e308, rounding), INT32_MAX);  // Infinite.
    EXPECT_EQ(requantise_double(INT32_MIN, 1e308, rounding), INT32_MIN);
  }
}

// 31 bits times 21 bits fit a double: the product is exact, so one rounding remains.
TEST(RequantiseDouble, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 34;
  Random random(kSeed);
  for (int i = 0; i < 50'000; ++i) {
    const auto acc =
        static_cast<std::int32_t>(random.integer(INT32_MIN, INT32_MAX) >> random.integer(0, 31));
    const double factor = std::ldexp(static_cast<double>(random.integer(0, 1 << 20)),
                                     static_cast<int>(random.integer(-45, -15)));
    const Fraction f = exactly(factor);
    const Fraction product{acc * f.numerator, f.denominator};
    for (const bool is_even : {false, true}) {
      const Wide expected =
          limited(nearest(product, is_even ? Tie::kEven : Tie::kAway), INT32_MIN, INT32_MAX);
      ASSERT_EQ(requantise_double(acc, factor, is_even ? Rounding::kHalfEven : Rounding::kHalfAway),
                static_cast<std::int32_t>(expected))
          << acc << " * " << factor << ", number " << i << ", seed " << kSeed;
    }
  }
}

}  // namespace
}  // namespace systole
