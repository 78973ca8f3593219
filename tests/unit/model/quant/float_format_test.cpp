// float_format_test.cpp: every number of the small formats, and what lies between two of them.
#include "model/quant/float_format.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/tensor/elements.h"

namespace systole {
namespace {

/// OCP E4M3 by hand: S.EEEE.MMM, bias 7; E = 0 counts eighths of 2^-6.
double e4m3(unsigned code) {
  const unsigned e = (code >> 3) & 15;
  const unsigned m = code & 7;
  const double sign = code < 128 ? 1 : -1;
  if ((code & 127) == 127) return NAN;
  return sign * (e == 0 ? m / 512.0 : (8.0 + m) / 8 * std::pow(2.0, static_cast<int>(e) - 7));
}

/// OCP E5M2 by hand: S.EEEEE.MM, bias 15; E = 0 counts quarters of 2^-14; E = 31 is no number.
double e5m2(unsigned code) {
  const unsigned e = (code >> 2) & 31;
  const unsigned m = code & 3;
  const double sign = code < 128 ? 1 : -1;
  if (e == 31) return m == 0 ? sign * INFINITY : NAN;
  return sign * (e == 0 ? m / 65536.0 : (4.0 + m) / 4 * std::pow(2.0, static_cast<int>(e) - 15));
}

void expect_code(double expected, const FloatFormat& format, unsigned code) {
  const double got = decode_float(code, format);
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(got)) << code;
    return;
  }
  EXPECT_EQ(got, expected) << code;
  EXPECT_EQ(std::signbit(got), std::signbit(expected)) << code;
  if (!std::isfinite(expected)) return;
  EXPECT_EQ(round_to_float(expected, format), expected) << code;
}

TEST(FloatFormat, HoldsEveryCodeOfE4M3) {
  for (unsigned code = 0; code < 256; ++code) expect_code(e4m3(code), float8_e4m3(), code);
  const double first[] = {0,        0x1p-9,   0x1p-8,   0x1.8p-8, 0x1p-7,
                          0x1.4p-7, 0x1.8p-7, 0x1.cp-7, 0x1p-6};
  for (unsigned code = 0; code < 9; ++code)
    EXPECT_EQ(decode_float(code, float8_e4m3()), first[code]);
  const double last[] = {240, 256, 288, 320, 352, 384, 416, 448};  // 0x77 to 0x7e.
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(decode_float(0x77 + i, float8_e4m3()), last[i]);
  EXPECT_EQ(decode_float(0x38, float8_e4m3()), 1.0);
  EXPECT_EQ(decode_float(0xc4, float8_e4m3()), -3.0);
}

TEST(FloatFormat, HoldsEveryCodeOfE5M2) {
  for (unsigned code = 0; code < 256; ++code) expect_code(e5m2(code), float8_e5m2(), code);
  const double first[] = {0, 0x1p-16, 0x1p-15, 0x1.8p-15, 0x1p-14, 0x1.4p-14};
  for (unsigned code = 0; code < 6; ++code)
    EXPECT_EQ(decode_float(code, float8_e5m2()), first[code]);
  const double last[] = {28672, 32768, 40960, 49152, 57344, INFINITY};  // 0x77 to 0x7c.
  for (unsigned i = 0; i < 6; ++i) EXPECT_EQ(decode_float(0x77 + i, float8_e5m2()), last[i]);
  EXPECT_EQ(decode_float(0x3c, float8_e5m2()), 1.0);
}

TEST(FloatFormat, HoldsEveryHalfPrecisionNumber) {
  for (unsigned code = 0; code < 65536; ++code) {
    const float expected = half_to_float(static_cast<std::uint16_t>(code));
    ASSERT_NO_FATAL_FAILURE(expect_code(static_cast<double>(expected), float16(), code));
  }
}

TEST(FloatFormat, TiesGoToTheEvenCode) {
  for (unsigned code = 0; code < 0x7e; ++code) {
    const double a = e4m3(code);
    const double b = e4m3(code + 1);
    const double middle = (a + b) / 2;
    EXPECT_EQ(round_to_float(middle, float8_e4m3()), code % 2 == 0 ? a : b) << code;
    EXPECT_EQ(round_to_float(-middle, float8_e4m3()), code % 2 == 0 ? -a : -b) << code;
    EXPECT_EQ(round_to_float(std::nextafter(middle, 0), float8_e4m3()), a) << code;
    EXPECT_EQ(round_to_float(std::nextafter(middle, 1e9), float8_e4m3()), b) << code;
  }
}

TEST(FloatFormat, EveryRoundingModeHasItsTies) {
  const FloatFormat format = float8_e4m3();  // Steps of 0.125 from 1 to 2.
  EXPECT_EQ(round_to_float(1.0625, format, Rounding::kHalfUp), 1.125);
  EXPECT_EQ(round_to_float(-1.0625, format, Rounding::kHalfUp), -1.0);
  EXPECT_EQ(round_to_float(-1.0625, format, Rounding::kHalfAway), -1.125);
  EXPECT_EQ(round_to_float(1.12, format, Rounding::kFloor), 1.0);
  EXPECT_EQ(round_to_float(-1.01, format, Rounding::kFloor), -1.125);
}

TEST(FloatFormat, OverflowSaturatesOrNot) {
  FloatFormat e4m3fn = float8_e4m3();
  EXPECT_EQ(round_to_float(464, e4m3fn), 448);  // The tie with 480, which is no number.
  EXPECT_EQ(round_to_float(1e30, e4m3fn), 448);
  EXPECT_EQ(round_to_float(-1e30, e4m3fn), -448);
  e4m3fn.saturates = false;
  EXPECT_EQ(round_to_float(464, e4m3fn), 448);
  EXPECT_TRUE(std::isnan(round_to_float(465, e4m3fn)));
  FloatFormat e5m2 = float8_e5m2();
  e5m2.saturates = false;
  EXPECT_EQ(round_to_float(61439, e5m2), 57344);
  EXPECT_EQ(round_to_float(-61440, e5m2), -INFINITY);  // Half way to 65536, the even one.
}

TEST(FloatFormat, WithoutSubnormalsTheyAre0OrTheSmallestNormal) {
  FloatFormat format = float8_e4m3();
  format.has_subnormals = false;
  EXPECT_EQ(round_to_float(0x1p-7, format), 0);  // The tie.
  EXPECT_EQ(round_to_float(0x1.1p-7, format), 0x1p-6);
  EXPECT_EQ(round_to_float(0x1.2p-6, format), 0x1.2p-6);
  EXPECT_EQ(decode_float(7, format), 0);
  EXPECT_EQ(decode_float(8, format), 0x1p-6);
}

TEST(FloatFormat, ZeroKeepsItsSign) {
  EXPECT_TRUE(std::signbit(round_to_float(-0.0, float16())));
  EXPECT_TRUE(std::signbit(round_to_float(-1e-30, float16())));
  EXPECT_FALSE(std::signbit(round_to_float(1e-30, float16())));
}

}  // namespace
}  // namespace systole
