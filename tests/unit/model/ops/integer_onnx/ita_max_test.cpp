// ita_max_test.cpp: shares of a row in powers of two.
#include "model/ops/integer_onnx/ita_max.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

IntTensor ita_row(std::vector<std::int32_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{1, count}, std::move(values)};
}

TEST(ItaMax, GivesAllToTheOnlyElement) {
  for (const std::int32_t code : {-128, 0, 127})
    EXPECT_EQ(ita_max(ita_row({code}), {}), ita_row({255}));
}

TEST(ItaMax, SharesEquallyBetweenEqualCodes) {
  EXPECT_EQ(ita_max(ita_row({9, 9}), {}), ita_row({127, 127}));          // 256 * 255 / 512 = 127.5
  EXPECT_EQ(ita_max(ita_row({-3, -3, -3}), {}), ita_row({85, 85, 85}));  // 65280 / 768
}

TEST(ItaMax, HalvesWithEvery32Codes) {
  // Exponentials 256, 128, 64: sum 448, floor(65280 / 448) = 145.
  EXPECT_EQ(ita_max(ita_row({127, 95, 63}), {}), ita_row({145, 72, 36}));
}

TEST(ItaMax, RoundsTiesOfTheShiftUp) {
  // Differences 15 and 16 of 32: shifts 0 and 1.
  EXPECT_EQ(ita_max(ita_row({0, -15}), {}), ita_row({127, 127}));
  EXPECT_EQ(ita_max(ita_row({0, -16}), {}), ita_row({170, 85}));  // 65280 / 384
}

TEST(ItaMax, GivesNothingToTheFarthestCode) {
  // Difference 255: shift floor(7.97 + 0.5) = 8, exponential 1; 65280 / 257 = 254.
  EXPECT_EQ(ita_max(ita_row({127, -128}), {}), ita_row({254, 0}));
}

TEST(ItaMax, GivesNothingWhereTheRowIsLong) {
  const IntTensor x({1, 300}, 5);
  EXPECT_EQ(ita_max(x, {}), IntTensor({1, 300}, 0));  // 65280 / 76800
}

TEST(ItaMax, TakesEveryRowByItself) {
  // From the second row's maximum the first row's differences would be 9 and 24: shifts 0 and 1.
  EXPECT_EQ(ita_max(IntTensor({3, 2}, {0, -15, 9, 9, 0, -16}), {}),
            IntTensor({3, 2}, {127, 127, 127, 127, 170, 85}));
}

TEST(ItaMax, ScalesItsShiftWithTheBits) {
  // 4 bits: 16 levels, shift floor(d / 4 + 1/2); d = 0, 1, 2: exponentials 16, 16, 8.
  EXPECT_EQ(ita_max(ita_row({0, -1, -2}), {.bits = 4}), ita_row({6, 6, 3}));  // 240 / 40
  EXPECT_EQ(ita_max(ita_row({0, -1}), {.bits = 1}), ita_row({0, 0}));  // 2 and 1: floor(2 / 3)
  EXPECT_EQ(ita_max(ita_row({65535}), {.bits = 16}), ita_row({65535}));
}

TEST(ItaMax, StaysInItsRange) {
  EXPECT_EQ(ita_max_range({}), (IntRange{0, 255}));
  EXPECT_EQ(ita_max_range({.bits = 1}), (IntRange{0, 1}));
}

}  // namespace
}  // namespace systole
