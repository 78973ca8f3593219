// pattern_test.cpp: sets of elements and what is said of them.
#include "sim/check/pattern.h"

#include <gtest/gtest.h>

#include <functional>

namespace systole {
namespace {

/// An output of 8 rows and 12 channels on an array of 4 columns, in tiles of 4 rows.
Differences where(const std::function<bool(std::int64_t row, std::int64_t channel)>& differs) {
  Differences differences{8, 12, 4, {}};
  for (std::int64_t row = 0; row < 8; ++row)
    for (std::int64_t channel = 0; channel < 12; ++channel)
      if (differs(row, channel))
        differences.differing.push_back(
            {row * 12 + channel, {channel / 4 * 2 + row / 4, row % 4, channel % 4}});
  return differences;
}

std::string pattern_of(const std::function<bool(std::int64_t, std::int64_t)>& differs) {
  return describe_pattern(where(differs));
}

TEST(Pattern, IsNothingWhereNothingDiffers) {
  EXPECT_EQ(pattern_of([](auto, auto) { return false; }), "");
}

TEST(Pattern, NamesTheNarrowestTruth) {
  EXPECT_EQ(pattern_of([](auto m, auto c) { return m == 3 && c == 7; }), "one element");
  EXPECT_EQ(pattern_of([](auto, auto) { return true; }), "all elements");
  EXPECT_EQ(pattern_of([](auto m, auto c) { return c == 7 && m > 1; }), "channel 7, 6 rows of it");
  EXPECT_EQ(pattern_of([](auto m, auto c) { return m == 2 && c != 5; }),
            "row 2 of the output, 11 channels of it");
  EXPECT_EQ(pattern_of([](auto, auto c) { return c % 4 == 1; }),
            "column 1 of the array, in 3 channels");
  EXPECT_EQ(pattern_of([](auto, auto c) { return c % 4 >= 2; }),
            "columns 2 to 3 of the array, in 6 channels");
  EXPECT_EQ(pattern_of([](auto m, auto c) { return c < 4 && m < 4; }),
            "output tile 0, 16 elements");
  EXPECT_EQ(pattern_of([](auto m, auto) { return m % 4 == 3; }), "row 3 of 6 output tiles");
  EXPECT_EQ(pattern_of([](auto m, auto) { return m % 2 == 1; }),
            "rows 1 to 7 in steps of 2 of the output, all of their elements");
  EXPECT_EQ(pattern_of([](auto, auto c) { return c >= 4 && c < 8; }),
            "channels 4 to 7, all of their elements");
}

TEST(Pattern, IsNotRegularWhereNoRuleHolds) {
  EXPECT_EQ(pattern_of([](auto m, auto c) { return (m * 5 + c * 7) % 6 == 0; }),
            "16 of 96 elements, no regular pattern");
}

TEST(CommonColumn, IsThereOnlyWhereAllShareIt) {
  EXPECT_EQ(common_column(where([](auto, auto c) { return c % 4 == 2; })), 2);
  EXPECT_EQ(common_column(where([](auto m, auto c) { return c == 2 || (c == 3 && m == 0); })),
            std::nullopt);
  EXPECT_EQ(common_column(where([](auto, auto) { return false; })), std::nullopt);
}

TEST(HeatMap, SumsOverCellsAndLosesNothing) {
  const HeatMap map = heat_map(where([](auto m, auto c) { return m >= 4 && c < 6; }), 4);
  EXPECT_EQ(map.rows, 4);
  EXPECT_EQ(map.columns, 4);
  EXPECT_EQ(map.counts,
            (std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 0, 0, 6, 6, 0, 0, 6, 6, 0, 0}));
}

TEST(CountByColumn, CountsElementsOfTheArraysColumns) {
  EXPECT_EQ(count_by_column(where([](auto m, auto c) { return m == 0 && c != 4; })),
            (std::vector<std::int64_t>{2, 3, 3, 3}));
}

}  // namespace
}  // namespace systole
