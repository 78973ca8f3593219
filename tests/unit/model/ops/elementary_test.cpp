// elementary_test.cpp: exponential and logarithm at their corners, and beside libm's.
#include "model/ops/elementary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace systole {
namespace {

constexpr double kTooLarge = std::numeric_limits<double>::infinity();
constexpr double kUlp = std::numeric_limits<double>::epsilon();

TEST(PortableExp, IsExactAtItsCorners) {
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-0.0), 1);
  EXPECT_EQ(portable_exp(-kTooLarge), 0);
  EXPECT_EQ(portable_exp(-709), 0);
  EXPECT_EQ(portable_exp(kTooLarge), kTooLarge);
  EXPECT_EQ(portable_exp(710), kTooLarge);
  EXPECT_TRUE(std::isnan(portable_exp(std::numeric_limits<double>::quiet_NaN())));
}

// The formula step by step in another language's IEEE doubles; e itself ends in 69.
TEST(PortableExp, HasTheSameBitsOnEveryMachine) {
  EXPECT_EQ(portable_exp(1), 0x1.5bf0a8b14576ap+1);
  EXPECT_EQ(portable_exp(-1), 0x1.78b56362cef38p-2);
  EXPECT_EQ(portable_exp(10.3), 0x1.d09279b49287p+14);
  EXPECT_EQ(portable_log(0.7), -0x1.6d3c324e13f4fp-2);
}

TEST(PortableExp, IsWithinTwoUlpOfLibm) {
  for (double x = -708; x < 709; x += 0.0625 + 1e-4) {
    const double expected = std::exp(x);
    EXPECT_NEAR(portable_exp(x) / expected, 1, 2 * kUlp) << x;
  }
}

TEST(PortableLog, IsExactAtItsCorners) {
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_EQ(portable_log(2), 0x1.62e42fefa39efp-1);
  EXPECT_EQ(portable_log(0.5), -0x1.62e42fefa39efp-1);
}

TEST(PortableLog, IsWithinTwoUlpOfLibm) {
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    const double expected = std::log(x);
    EXPECT_NEAR(portable_log(x), expected, 2 * kUlp * std::max(std::abs(expected), 0.35)) << x;
  }
  for (double x = 0.5; x < 2; x += 1e-3)
    EXPECT_NEAR(portable_log(x), std::log(x), 2 * kUlp * std::max(std::abs(std::log(x)), 0.35))
        << x;
}

TEST(PortablePow, TakesRootsAndKeepsOne) {
  EXPECT_EQ(portable_pow(1, 17), 1);
  EXPECT_EQ(portable_pow(3, 0), 1);
  EXPECT_NEAR(portable_pow(16, 0.5), 4, 4 * kUlp);
  EXPECT_NEAR(portable_pow(0.001, 3), 1e-9, 1e-9 * 32 * kUlp);
}

}  // namespace
}  // namespace systole
