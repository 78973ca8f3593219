// gemmlowp_test.cpp: TFLite's two roundings.
#include "model/ops/requantise/gemmlowp.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

constexpr std::int32_t kMin = INT32_MIN;
constexpr std::int32_t kMax = INT32_MAX;

TEST(QuantizedMultiplier, NormalisesToOneHalfAndMore) {
  EXPECT_EQ(quantized_multiplier(1), (QuantizedMultiplier{1 << 30, 1}));
  EXPECT_EQ(quantized_multiplier(0.5), (QuantizedMultiplier{1 << 30, 0}));
  EXPECT_EQ(quantized_multiplier(0.75), (QuantizedMultiplier{3 << 29, 0}));
  EXPECT_EQ(quantized_multiplier(0.375), (QuantizedMultiplier{3 << 29, -1}));
  EXPECT_EQ(quantized_multiplier(6), (QuantizedMultiplier{3 << 29, 3}));
}

TEST(QuantizedMultiplier, RoundsTheFractionHalfUp) {
  EXPECT_EQ(quantized_multiplier(0.5 + 0x1p-32).multiplier, (1 << 30) + 1);  // A tie.
  EXPECT_EQ(quantized_multiplier(0.5 + 0x0.ffp-32).multiplier, 1 << 30);
}

TEST(QuantizedMultiplier, CarriesAFractionThatRoundsToOne) {
  EXPECT_EQ(quantized_multiplier(1 - 0x1p-32), (QuantizedMultiplier{1 << 30, 1}));
  EXPECT_EQ(quantized_multiplier(1 - 0x1p-31), (QuantizedMultiplier{kMax, 0}));
}

TEST(QuantizedMultiplier, ReachesFromTheSmallestShiftToTheLargest) {
  EXPECT_EQ(quantized_multiplier(0), (QuantizedMultiplier{0, 0}));
  EXPECT_EQ(quantized_multiplier(0x1p-32), (QuantizedMultiplier{1 << 30, -31}));
  EXPECT_EQ(quantized_multiplier(0x1p-33), (QuantizedMultiplier{0, 0}));
  EXPECT_EQ(quantized_multiplier(0x1p29), (QuantizedMultiplier{1 << 30, 30}));
}

TEST(HighMul, RoundsTiesUp) {
  EXPECT_EQ(saturating_rounding_doubling_high_mul(1, 1 << 30), 1);   //  0.5
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-1, 1 << 30), 0);  // -0.5
  EXPECT_EQ(saturating_rounding_doubling_high_mul(3, 1 << 30), 2);   //  1.5
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-3, 1 << 30), -1);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-1, (1 << 30) + 1), -1);
}

TEST(HighMul, HoldsTheExtremes) {
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, kMin), kMax);  // 2^31 does not fit.
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, kMax), -kMax);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMax, kMax), kMax - 1);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, 0), 0);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(1, kMax), 1);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-1, kMax), -1);
}

TEST(RoundingDivideByPot, RoundsTiesAwayFromZero) {
  EXPECT_EQ(rounding_divide_by_pot(1, 1), 1);
  EXPECT_EQ(rounding_divide_by_pot(-1, 1), -1);
  EXPECT_EQ(rounding_divide_by_pot(3, 1), 2);
  EXPECT_EQ(rounding_divide_by_pot(-3, 1), -2);
  EXPECT_EQ(rounding_divide_by_pot(-6, 2), -2);  // -1.5
  EXPECT_EQ(rounding_divide_by_pot(-5, 2), -1);  // -1.25
  EXPECT_EQ(rounding_divide_by_pot(-7, 2), -2);  // -1.75
}

TEST(RoundingDivideByPot, GoesFromExponentZeroToThirtyOne) {
  EXPECT_EQ(rounding_divide_by_pot(kMin, 0), kMin);
  EXPECT_EQ(rounding_divide_by_pot(kMax, 0), kMax);
  EXPECT_EQ(rounding_divide_by_pot(kMin, 31), -1);
  EXPECT_EQ(rounding_divide_by_pot(kMax, 31), 1);
  EXPECT_EQ(rounding_divide_by_pot(-(1 << 30), 31), -1);  // -0.5
  EXPECT_EQ(rounding_divide_by_pot(1 - (1 << 30), 31), 0);
  EXPECT_EQ(rounding_divide_by_pot((1 << 30) - 1, 31), 0);
}

TEST(Gemmlowp, RoundsTwice) {
  // 5 * 0.5 * 2^-1 = 1.25: the high product 2.5 becomes 3, and 1.5 becomes 2.
  EXPECT_EQ(gemmlowp(5, {1 << 30, -1}), 2);
  // -1.25: -2.5 becomes -2, and then -1.
  EXPECT_EQ(gemmlowp(-5, {1 << 30, -1}), -1);
  // -1.5: -3 exactly, and the tie goes away from zero.
  EXPECT_EQ(gemmlowp(-6, {1 << 30, -1}), -2);
}

TEST(Gemmlowp, ShiftsLeftBeforeItMultiplies) {
  EXPECT_EQ(gemmlowp(3, {1 << 30, 1}), 3);
  EXPECT_EQ(gemmlowp(-3, {3 << 29, 2}), -9);
  EXPECT_EQ(gemmlowp(1, {1 << 30, 30}), 1 << 29);
}

TEST(Gemmlowp, WrapsWhatTheLeftShiftLoses) {
  EXPECT_EQ(gemmlowp(1 << 30, {1 << 30, 1}), -(1 << 30));  // 2^31 reads as -2^31.
  EXPECT_EQ(gemmlowp(1 << 30, {kMax, 2}), 0);
  EXPECT_EQ(gemmlowp(3, {1 << 30, 30}), -(1 << 29));  // 3 * 2^30 reads as -2^30.
}

TEST(Gemmlowp, HoldsTheExtremeFactors) {
  for (const std::int32_t x : {kMin, -1, 0, 1, kMax}) {
    EXPECT_EQ(gemmlowp(x, {0, 0}), 0) << x;
    EXPECT_EQ(gemmlowp(x, {0, -31}), 0) << x;
  }
  EXPECT_EQ(gemmlowp(kMin, {kMax, 0}), -kMax);
  EXPECT_EQ(gemmlowp(kMax, {kMax, 0}), kMax - 1);
  EXPECT_EQ(gemmlowp(kMin, {kMax, -31}), -1);
  EXPECT_EQ(gemmlowp(kMax, {1 << 30, -31}), 1);  // The high product 2^30 is a tie.
  EXPECT_EQ(gemmlowp(kMax - 2, {1 << 30, -31}), 0);
}

/// Both roundings on exact fractions.
std::int32_t by_fractions(std::int32_t x, const QuantizedMultiplier& factor) {
  const int left = factor.shift > 0 ? factor.shift : 0;
  const int right = factor.shift > 0 ? 0 : -factor.shift;
  const Wide high = nearest(
      {wrapped(Wide{x} * power_of_two(left)) * factor.multiplier, power_of_two(31)}, Tie::kUp);
  const Wide limited = high > kMax ? Wide{kMax} : high;
  return static_cast<std::int32_t>(nearest({limited, power_of_two(right)}, Tie::kAway));
}

TEST(Gemmlowp, AgreesWithFractionsOnSmallNumbersAndAllShifts) {
  for (int shift = -31; shift <= 30; ++shift)
    for (const std::int32_t multiplier : {0, 1 << 30, (1 << 30) + 1, 3 << 29, kMax - 1, kMax})
      for (std::int32_t x = -70; x <= 70; ++x)
        ASSERT_EQ(gemmlowp(x, {multiplier, shift}), by_fractions(x, {multiplier, shift}))
            << x << " * " << multiplier << " * 2^" << shift << " - 31";
}

TEST(Gemmlowp, AgreesWithFractionsOnRandomNumbers) {
  constexpr std::uint32_t kSeed = 31;
  Random random(kSeed);
  for (int i = 0; i < 50'000; ++i) {
    const QuantizedMultiplier factor{static_cast<std::int32_t>(random.integer(1 << 30, kMax)),
                                     static_cast<int>(random.integer(-31, 30))};
    const auto x = static_cast<std::int32_t>(random.integer(kMin, kMax) >> random.integer(0, 31));
    ASSERT_EQ(gemmlowp(x, factor), by_fractions(x, factor))
        << x << " * " << factor.multiplier << " * 2^" << factor.shift << ", number " << i
        << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
