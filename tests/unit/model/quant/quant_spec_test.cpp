// quant_spec_test.cpp: the formats' limits and what they are called.
#include "model/quant/quant_spec.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

std::string complaint(const NumberFormat& format) {
  return message_of([&] { check_format(format, "w"); });
}

TEST(QuantSpec, IntegersHave2To16Bits) {
  EXPECT_EQ(complaint(IntFormat{.bits = 1}),
            "w: got 1 bits, expected 2 to 16 bits, or 32 of a bias");
  EXPECT_EQ(complaint(IntFormat{.bits = 17}),
            "w: got 17 bits, expected 2 to 16 bits, or 32 of a bias");
  EXPECT_EQ(complaint(IntFormat{.bits = 33}),
            "w: got 33 bits, expected 2 to 16 bits, or 32 of a bias");
  EXPECT_NO_THROW(check_format(IntFormat{.bits = 1, .is_signed = false}, "mask"));
  EXPECT_NE(complaint(IntFormat{.bits = 0, .is_signed = false}), "");
  for (const int bits : {2, 16, 32}) EXPECT_NO_THROW(check_format(IntFormat{.bits = bits}, "w"));
}

TEST(QuantSpec, Only32BitsOfABiasAreAllowed) {
  EXPECT_NE(complaint(IntFormat{.bits = 32, .is_signed = false}), "");
  EXPECT_NE(complaint(IntFormat{.bits = 32, .is_symmetric = false}), "");
}

TEST(QuantSpec, ANarrowRangeHasEqualEnds) {
  EXPECT_EQ((IntFormat{.bits = 8, .is_narrow = true}.range()), (IntRange{-127, 127}));
  EXPECT_EQ((IntFormat{.bits = 2, .is_narrow = true}.range()), (IntRange{-1, 1}));
  EXPECT_EQ((IntFormat{.bits = 4}.range()), (IntRange{-8, 7}));
  EXPECT_EQ((IntFormat{.bits = 16, .is_signed = false}.range()), (IntRange{0, 65535}));
  EXPECT_EQ(complaint(IntFormat{.is_signed = false, .is_narrow = true}),
            "w: got a narrow range of unsigned codes, expected signed codes where the range is "
            "narrow");
}

TEST(QuantSpec, TheLargestNumbersAreTheStandards) {
  EXPECT_EQ(float8_e4m3().largest(), 448);
  EXPECT_EQ(float8_e5m2().largest(), 57344);
  EXPECT_EQ(float8_e3m4().largest(), 15.5);
  EXPECT_EQ(float16().largest(), 65504);
  // Four bits, every code a number: 1.5 times 2^(3 - 1).
  EXPECT_EQ((FloatFormat{2, 1, 1, FloatSpecials::kNone}.largest()), 6);
  // No mantissa, the largest exponent is the NaN: 2^(254 - 127).
  EXPECT_EQ((FloatFormat{8, 0, 127, FloatSpecials::kNanOnly}.largest()), 0x1p127);
}

TEST(QuantSpec, FloatFormatsHaveLimits) {
  EXPECT_EQ(complaint(FloatFormat{.exponent_bits = 0}), "w: got 0 exponent bits, expected 1 to 8");
  EXPECT_EQ(complaint(FloatFormat{.exponent_bits = 9}), "w: got 9 exponent bits, expected 1 to 8");
  EXPECT_EQ(complaint(FloatFormat{.mantissa_bits = 24}),
            "w: got 24 mantissa bits, expected 0 to 23");
  EXPECT_NE(complaint(FloatFormat{.exponent_bits = 1, .specials = FloatSpecials::kIeee}), "");
  EXPECT_NE(complaint(FloatFormat{.mantissa_bits = 0, .specials = FloatSpecials::kIeee}), "");
  EXPECT_NE(complaint(FloatFormat{.bias = 255}), "");
  EXPECT_NE(complaint(FloatFormat{.specials = FloatSpecials::kNone, .saturates = false}), "");
  // E1M0 with a NaN holds nothing but 0.
  EXPECT_NE(complaint(FloatFormat{.exponent_bits = 1, .mantissa_bits = 0}), "");
}

TEST(QuantSpec, FormatsHaveNames) {
  EXPECT_EQ(to_string(NumberFormat{IntFormat{.bits = 4, .is_signed = false}}), "uint4");
  EXPECT_EQ(to_string(NumberFormat{IntFormat{.is_narrow = true}}), "int8 (narrow)");
  EXPECT_EQ(to_string(NumberFormat{float8_e5m2()}), "float E5M2");
}

}  // namespace
}  // namespace systole
