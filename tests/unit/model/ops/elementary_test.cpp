// elementary_test.cpp: elementary functions at their corners, and beside libm's.
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

/// Between two doubles, in steps of the first one's last place.
double steps_between(double expected, double got) {
  const double size = std::abs(expected);
  return std::abs(got - expected) / (std::nextafter(size, kTooLarge) - size);
}

TEST(PortableErf, IsExactAtItsCorners) {
  EXPECT_EQ(portable_erf(0), 0);
  EXPECT_TRUE(std::signbit(portable_erf(-0.0)));
  EXPECT_EQ(portable_erf(5.5), 0x1.fffffffffffbep-1);
  EXPECT_EQ(portable_erf(6), 1);
  EXPECT_EQ(portable_erf(-6), -1);
  EXPECT_EQ(portable_erf(kTooLarge), 1);
  EXPECT_EQ(portable_erf(-kTooLarge), -1);
  EXPECT_TRUE(std::isnan(portable_erf(std::numeric_limits<double>::quiet_NaN())));
}

// Sums of 45 decimal digits, rounded to the nearest double.
TEST(PortableErf, HasTheBitsOfExactArithmetic) {
  EXPECT_EQ(portable_erf(1e-5), 0x1.7a9f084b5e44cp-17);
  EXPECT_EQ(portable_erf(0.3), 0x1.50838881dea0fp-2);
  EXPECT_EQ(portable_erf(0.5), 0x1.0a7ef5c18edd2p-1);
  EXPECT_EQ(portable_erf(-0.7), -0x1.5b08c21171646p-1);
  EXPECT_EQ(portable_erf(2.25), 0x1.ff404760319b4p-1);
  EXPECT_EQ(portable_erf(5), 0x1.fffffffffc9e8p-1);
}

TEST(PortableErf, IsWithinTwoUlpOfLibm) {
  for (double x = 1e-300; x < 1e-3; x *= 1.37)
    EXPECT_LE(steps_between(std::erf(x), portable_erf(x)), 2) << x;
  for (double x = 0; x < 6.5; x += 0x1.7p-12)
    EXPECT_LE(steps_between(std::erf(x), portable_erf(x)), 2) << x;
}

TEST(PortableErf, IsOddAndNeverFalls) {
  double previous = 0;
  for (double x = 0; x < 6.5; x += 0x1.7p-12) {
    const double y = portable_erf(x);
    EXPECT_EQ(portable_erf(-x), -y) << x;
    EXPECT_GE(y, previous) << x;
    previous = y;
  }
}

TEST(PortableTanh, IsExactAtItsCorners) {
  EXPECT_EQ(portable_tanh(0), 0);
  EXPECT_TRUE(std::signbit(portable_tanh(-0.0)));
  EXPECT_EQ(portable_tanh(1e-300), 1e-300);
  EXPECT_EQ(portable_tanh(22), 1);
  EXPECT_EQ(portable_tanh(kTooLarge), 1);
  EXPECT_EQ(portable_tanh(-kTooLarge), -1);
  EXPECT_TRUE(std::isnan(portable_tanh(std::numeric_limits<double>::quiet_NaN())));
}

// As above; the last two are one unit off the exact ...f95p-1 and ...854p-17.
TEST(PortableTanh, HasTheBitsOfExactArithmetic) {
  EXPECT_EQ(portable_tanh(0.3), 0x1.2a4dda7d914fap-2);
  EXPECT_EQ(portable_tanh(-0.7), -0x1.356fb17af2e91p-1);
  EXPECT_EQ(portable_tanh(5), 0x1.fff419668df11p-1);
  EXPECT_EQ(portable_tanh(0.625), 0x1.1bf47eabb8f96p-1);
  EXPECT_EQ(portable_tanh(1e-5), 0x1.4f8b588e06853p-17);
}

TEST(PortableTanh, IsWithinThreeUlpOfLibm) {
  for (double x = 1e-300; x < 1e-3; x *= 1.37)
    EXPECT_LE(steps_between(std::tanh(x), portable_tanh(x)), 3) << x;
  for (double x = 0; x < 23; x += 0x1.7p-11)
    EXPECT_LE(steps_between(std::tanh(x), portable_tanh(x)), 3) << x;
}

TEST(PortableTanh, IsOddAndNeverFalls) {
  double previous = 0;
  for (double x = 0; x < 23; x += 0x1.7p-11) {
    const double y = portable_tanh(x);
    EXPECT_EQ(portable_tanh(-x), -y) << x;
    EXPECT_GE(y, previous) << x;
    previous = y;
  }
}

}  // namespace
}  // namespace systole
