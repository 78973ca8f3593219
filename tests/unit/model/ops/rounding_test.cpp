// rounding_test.cpp: round_shift in its four modes.
#include "model/ops/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

__extension__ using Wide = __int128;

constexpr std::array kModes = {Rounding::kHalfEven, Rounding::kHalfUp, Rounding::kHalfAway,
                               Rounding::kFloor};

TEST(RoundShift, TiesGoToEven) {
  EXPECT_EQ(round_shift(+1, 1), 0);   // +0.5
  EXPECT_EQ(round_shift(+3, 1), 2);   // +1.5
  EXPECT_EQ(round_shift(+5, 1), 2);   // +2.5
  EXPECT_EQ(round_shift(-1, 1), 0);   // -0.5
  EXPECT_EQ(round_shift(-3, 1), -2);  // -1.5
  EXPECT_EQ(round_shift(-5, 1), -2);  // -2.5
}

TEST(RoundShift, TiesGoUp) {
  EXPECT_EQ(round_shift(+1, 1, Rounding::kHalfUp), 1);
  EXPECT_EQ(round_shift(+3, 1, Rounding::kHalfUp), 2);
  EXPECT_EQ(round_shift(-1, 1, Rounding::kHalfUp), 0);
  EXPECT_EQ(round_shift(-3, 1, Rounding::kHalfUp), -1);
}

TEST(RoundShift, TiesGoAwayFromZero) {
  EXPECT_EQ(round_shift(+1, 1, Rounding::kHalfAway), 1);
  EXPECT_EQ(round_shift(+3, 1, Rounding::kHalfAway), 2);
  EXPECT_EQ(round_shift(-1, 1, Rounding::kHalfAway), -1);
  EXPECT_EQ(round_shift(-3, 1, Rounding::kHalfAway), -2);
}

TEST(RoundShift, FloorGoesDown) {
  EXPECT_EQ(round_shift(+7, 2, Rounding::kFloor), 1);
  EXPECT_EQ(round_shift(-1, 2, Rounding::kFloor), -1);
  EXPECT_EQ(round_shift(-8, 2, Rounding::kFloor), -2);
}

TEST(RoundShift, ByZeroIsTheIdentity) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const Rounding mode : kModes) {
    for (const std::int64_t value :
         {Limits::min(), Limits::min() + 1, std::int64_t{-3}, std::int64_t{-1}, std::int64_t{0},
          std::int64_t{1}, std::int64_t{3}, Limits::max()}) {
      EXPECT_EQ(round_shift(value, 0, mode), value);
    }
  }
}

TEST(RoundShift, ReachesTheLargestShift) {
  const std::int64_t tie = std::int64_t{1} << 61;
  EXPECT_EQ(round_shift(tie, 62), 0);
  EXPECT_EQ(round_shift(tie + 1, 62), 1);
  EXPECT_EQ(round_shift(-tie, 62), 0);
  EXPECT_EQ(round_shift(-tie - 1, 62), -1);
  EXPECT_EQ(round_shift(tie, 62, Rounding::kHalfUp), 1);
  EXPECT_EQ(round_shift(-tie, 62, Rounding::kHalfUp), 0);
  EXPECT_EQ(round_shift(-tie, 62, Rounding::kHalfAway), -1);
  EXPECT_EQ(round_shift(-1, 62, Rounding::kFloor), -1);
}

// Doubles hold these quotients exactly and nearbyint() also rounds ties to even.
TEST(RoundShift, AgreesWithTheMathLibrary) {
  for (int shift = 0; shift <= 8; ++shift) {
    for (int value = -2048; value <= 2048; ++value) {
      const double quotient = std::ldexp(value, -shift);
      EXPECT_EQ(round_shift(value, shift), std::nearbyint(quotient));
      EXPECT_EQ(round_shift(value, shift, Rounding::kHalfUp), std::floor(quotient + 0.5));
      EXPECT_EQ(round_shift(value, shift, Rounding::kHalfAway), std::round(quotient));
      EXPECT_EQ(round_shift(value, shift, Rounding::kFloor), std::floor(quotient))
          << value << " / 2^" << shift;
    }
  }
}

/// The candidate nearest to value / 2^shift, found by comparing distances.
std::int64_t nearest_by_distance(std::int64_t value, int shift, Rounding mode) {
  const Wide divisor = Wide{1} << shift;
  Wide below = value / divisor;
  if (value % divisor < 0) --below;
  const Wide to_below = value - below * divisor;
  const Wide to_above = divisor - to_below;
  if (mode == Rounding::kFloor || to_below < to_above) return static_cast<std::int64_t>(below);
  if (to_below > to_above || mode == Rounding::kHalfUp) return static_cast<std::int64_t>(below + 1);
  if (mode == Rounding::kHalfAway) return static_cast<std::int64_t>(value < 0 ? below : below + 1);
  return static_cast<std::int64_t>(below % 2 == 0 ? below : below + 1);
}

TEST(RoundShift, AgreesWithDistancesIn128Bits) {
  constexpr std::uint32_t kSeed = 1;
  Random random(kSeed);
  for (int i = 0; i < 200'000; ++i) {
    const int shift = static_cast<int>(random.integer(0, 62));
    const int width = static_cast<int>(random.integer(1, 62));
    std::int64_t value = random.integer(-(std::int64_t{1} << width), std::int64_t{1} << width);
    if (i % 3 == 0) value = value >> shift << shift;                                     // Exact.
    if (i % 3 == 1) value = (value >> shift << shift) + (std::int64_t{1} << shift) / 2;  // A tie.
    for (const Rounding mode : kModes) {
      ASSERT_EQ(round_shift(value, shift, mode), nearest_by_distance(value, shift, mode))
          << value << " / 2^" << shift << ", mode " << static_cast<int>(mode) << ", seed " << kSeed;
    }
  }
}

}  // namespace
}  // namespace systole
