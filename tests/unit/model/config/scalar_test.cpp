// scalar_test.cpp: strict plain scalars.
#include "model/config/scalar.h"

#include <gtest/gtest.h>

#include <limits>

namespace systole {
namespace {

TEST(ParseInteger, TakesDecimalHexadecimalAndOctal) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-0"), 0);
  EXPECT_EQ(parse_integer("+12"), 12);
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("007"), 7);
  EXPECT_EQ(parse_integer("0xFf"), 255);
  EXPECT_EQ(parse_integer("0o17"), 15);
}

TEST(ParseInteger, EndsAt64Bits) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(parse_integer("9223372036854775807"), Limits::max());
  EXPECT_EQ(parse_integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_integer("-9223372036854775808"), Limits::min());
  EXPECT_EQ(parse_integer("-9223372036854775809"), std::nullopt);
}

TEST(ParseInteger, RefusesEverythingElse) {
  for (const char* text : {"", "-", "+", "1.5", "1.0", "12abc", "1e3", " 1", "1 ", "1_000", "--1",
                           "+-1", "-+1", "0x", "0xg", "0x-1", "0o8", "true", "-0x1"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseReal, TakesDecimalNumbers) {
  EXPECT_EQ(parse_real("1.5"), 1.5);
  EXPECT_EQ(parse_real("-1.5e-3"), -1.5e-3);
  EXPECT_EQ(parse_real("+.5"), 0.5);
  EXPECT_EQ(parse_real("-.5"), -0.5);
  EXPECT_EQ(parse_real("5."), 5.0);
  EXPECT_EQ(parse_real("7"), 7.0);
  EXPECT_EQ(parse_real("1E+2"), 100.0);
}

TEST(ParseReal, RefusesEverythingElse) {
  for (const char* text : {"", ".", "-", "e5", "1e", "inf", "-inf", ".inf", "nan", ".nan", "1.5x",
                           "+-1", "0x1p3", "1,5", " 1", "1e999", "infinity"}) {
    EXPECT_EQ(parse_real(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseBoolean, TakesOnlyTrueAndFalse) {
  for (const char* text : {"true", "True", "TRUE"}) EXPECT_EQ(parse_boolean(text), true);
  for (const char* text : {"false", "False", "FALSE"}) EXPECT_EQ(parse_boolean(text), false);
  for (const char* text : {"yes", "no", "on", "1", "0", "tRUE", ""}) {
    EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace systole
