// int_type_test.cpp: names and ranges of integer types.
#include "model/tensor/int_type.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(IntType, RangesAreThoseOfTwosComplement) {
  EXPECT_EQ((IntType{1, true}.range()), (IntRange{-1, 0}));
  EXPECT_EQ((IntType{1, false}.range()), (IntRange{0, 1}));
  EXPECT_EQ((IntType{8, true}.range()), (IntRange{-128, 127}));
  EXPECT_EQ((IntType{9, true}.range()), (IntRange{-256, 255}));
  EXPECT_EQ((IntType{8, false}.range()), (IntRange{0, 255}));
  EXPECT_EQ((IntType{32, true}.range()), (IntRange{-2147483648LL, 2147483647LL}));
  EXPECT_EQ((IntType{32, false}.range()), (IntRange{0, 4294967295LL}));
}

TEST(IntType, EveryNameReadsBack) {
  for (const bool is_signed : {false, true}) {
    for (int bits = 1; bits <= 32; ++bits) {
      IntType parsed;
      ASSERT_TRUE(parse_int_type(to_string(IntType{bits, is_signed}), parsed)) << bits;
      EXPECT_EQ(parsed, (IntType{bits, is_signed}));
    }
  }
  EXPECT_EQ(to_string(IntType{4, false}), "uint4");
  EXPECT_EQ(to_string(IntType{9, true}), "int9");
}

TEST(IntType, OtherTextIsRefusedAndLeavesTheTypeAlone) {
  IntType type{7, false};
  for (const char* text :
       {"", "u", "int", "uint", "int0", "int33", "uint33", "int08", "int-8", "int+8", "int8 ",
        " int8", "Int8", "uuint8", "int8x", "float32", "int99999999999999999999"}) {
    EXPECT_FALSE(parse_int_type(text, type)) << '"' << text << '"';
    EXPECT_EQ(type, (IntType{7, false}));
  }
}

TEST(IntRange, IsClosed) {
  const IntRange range{-2, 3};
  EXPECT_FALSE(range.contains(-3));
  EXPECT_TRUE(range.contains(-2));
  EXPECT_TRUE(range.contains(3));
  EXPECT_FALSE(range.contains(4));
}

}  // namespace
}  // namespace systole
