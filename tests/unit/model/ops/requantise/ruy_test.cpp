// ruy_test.cpp: TFLite's optimised two roundings.
#include "model/ops/requantise/ruy.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

TEST(Ruy, RoundsNegativeTiesUpWhereGemmlowpRoundsThemAway) {
  const QuantizedMultiplier quarter{1 << 30, -1};
  EXPECT_EQ(ruy(-6, quarter), -1);  // -1.5
  EXPECT_EQ(gemmlowp(-6, quarter), -2);
  EXPECT_EQ(ruy(-2, quarter), 0);  // -0.5
  EXPECT_EQ(gemmlowp(-2, quarter), -1);
}

TEST(Ruy, AgreesWithGemmlowpOffNegativeTies) {
  const QuantizedMultiplier quarter{1 << 30, -1};
  EXPECT_EQ(ruy(6, quarter), 2);    // 1.5
  EXPECT_EQ(ruy(5, quarter), 2);    // 2.5 becomes 3 first.
  EXPECT_EQ(ruy(-7, quarter), -1);  // -3.5 becomes -3, and -1.5 goes up.
  EXPECT_EQ(ruy(-8, quarter), -2);
  for (int x = -9; x <= 9; ++x) {
    EXPECT_EQ(ruy(x, {3 << 29, 2}), 3 * x) << x;  // Nothing is shifted right.
    EXPECT_EQ(ruy(x, {3 << 29, 0}), gemmlowp(x, {3 << 29, 0})) << x;
  }
}

TEST(Ruy, HoldsTheExtremes) {
  EXPECT_EQ(ruy(INT32_MAX, {0, 0}), 0);
  EXPECT_EQ(ruy(INT32_MIN, {INT32_MAX, 0}), -INT32_MAX);
  EXPECT_EQ(ruy(INT32_MIN, {INT32_MAX, -31}), -1);
  EXPECT_EQ(ruy(INT32_MIN, {1 << 30, -31}), 0);  // -2^30 / 2^31 is a tie.
  EXPECT_EQ(gemmlowp(INT32_MIN, {1 << 30, -31}), -1);
  EXPECT_EQ(ruy(1 << 30, {1 << 30, 1}), -(1 << 30));  // The left shift wraps.
}

std::int32_t by_fractions(std::int32_t x, const QuantizedMultiplier& factor) {
  const int left = factor.shift > 0 ? factor.shift : 0;
  const int right = factor.shift > 0 ? 0 : -factor.shift;
  const Wide high = nearest(
      {wrapped(Wide{x} * power_of_two(left)) * factor.multiplier, power_of_two(31)}, Tie::kUp);
  return static_cast<std::int32_t>(nearest({high, power_of_two(right)}, Tie::kUp));
}

TEST(Ruy, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 32;
  Random random(kSeed);
  for (int shift = -31; shift <= 30; ++shift)
    for (int i = 0; i < 1'000; ++i) {
      const QuantizedMultiplier factor{
          static_cast<std::int32_t>(random.integer(1 << 30, INT32_MAX)), shift};
      const auto x =
          static_cast<std::int32_t>(random.integer(INT32_MIN, INT32_MAX) >> random.integer(0, 31));
      ASSERT_EQ(ruy(x, factor), by_fractions(x, factor))
          << x << " * " << factor.multiplier << " * 2^" << shift << ", number " << i << ", seed "
          << kSeed;
    }
}

}  // namespace
}  // namespace systole
