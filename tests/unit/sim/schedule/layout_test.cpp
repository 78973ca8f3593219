// layout_test.cpp: how groups are packed, and which packing is chosen.
#include "sim/schedule/layout.h"

#include <gtest/gtest.h>

#include "sim/schedule/cycles.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

IntNode depthwise(std::int64_t channels, std::int64_t kernel) {
  return {"dw",
          {"x"},
          IntConv2d{{{{kernel, kernel}}, channels}, IntTensor({kernel, kernel, 1, channels}, 1)},
          {}};
}

Layout lay_out(const IntNode& node, const Shape& x, const Geometry& geometry) {
  const Job job = {&node, nullptr};
  return make_layout(job, x, geometry, whole(job, x));
}

TEST(Packs, HoldAsManyGroupsAsTheColumnsWhereThatIsBest) {
  const IntNode node = depthwise(35, 3);
  const Layout layout = lay_out(node, {1, 10, 10, 35}, {32, 32, 1024, 32});
  ASSERT_EQ(layout.packs.size(), 2U);
  EXPECT_EQ(layout.packs[0], (PackShape{9 * 32, 0, 32, 0, 32, 9 * 32, 32}));
  EXPECT_EQ(layout.packs[1], (PackShape{9 * 3, 32, 3, 32, 3, 32, 32}));
}

// 8 groups have 72 products: 5 tiles of 16, the last one half empty; 7 have 63: 4 tiles.
TEST(Packs, HoldFewerGroupsWhereTheseFillTheirTiles) {
  const IntNode node = depthwise(56, 3);
  const Geometry geometry = {16, 8, 1024, 32};
  const Layout layout = lay_out(node, {1, 10, 10, 56}, geometry);
  EXPECT_EQ(layout.packs.size(), 8U);  // 8 x 4 passes, not 7 x 5.
  EXPECT_EQ(pack_widths({&node, nullptr}, {1, 10, 10, 56}, geometry),
            (std::vector<std::int64_t>{8, 7, 5, 3, 1}));
}

TEST(Packs, HoldOneGroupThatIsWiderThanTheArray) {
  const IntNode node{"conv", {"x"}, IntConv2d{{{}, 2}, IntTensor({1, 1, 3, 10}, 1)}, {}};
  const Layout layout = lay_out(node, {1, 2, 2, 6}, {4, 4, 16, 32});
  ASSERT_EQ(layout.packs.size(), 2U);
  EXPECT_EQ(layout.packs[1], (PackShape{3, 5, 5, 3, 3, 4, 8}));
}

TEST(Packs, OfARegionBeginAndEndWithItsChannelsEvenWithinAGroup) {
  const IntNode node{"conv", {"x"}, IntConv2d{{{}, 3}, IntTensor({1, 1, 2, 12}, 1)}, {}};
  const Layout layout =
      make_layout({&node, nullptr}, {1, 2, 2, 6}, {8, 8, 16, 32}, {0, 4, 2, 8}, 2);
  ASSERT_EQ(layout.packs.size(), 2U);  // Channels 2 .. 7 of groups 0 and 1, then 8, 9 of group 2.
  EXPECT_EQ(layout.packs[0], (PackShape{4, 2, 6, 0, 4, 8, 8}));
  EXPECT_EQ(layout.packs[1], (PackShape{2, 8, 2, 4, 2, 8, 8}));
}

TEST(Choice, IsAsGoodAsAnyWidthOfPacks) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto draw = [&](unsigned lo, unsigned hi) {
      return lo + static_cast<unsigned>(random()) % (hi - lo + 1);
    };
    const Geometry geometry = {draw(2, 32), draw(2, 32), draw(20, 200), 32};
    const std::int64_t inputs = draw(1, 3), outputs = draw(1, 3), groups = draw(2, 60);
    const std::int64_t kernel = draw(1, 5);
    const IntNode node{"conv",
                       {"x"},
                       IntConv2d{{{{kernel, kernel}}, groups},
                                 IntTensor({kernel, kernel, inputs, groups * outputs}, 1)},
                       {}};
    const Shape x = {1, draw(5, 15), draw(5, 15), groups * inputs};
    const Job job = {&node, nullptr};
    const Region all = whole(job, x);
    const auto cycles = [&](std::int64_t width) {
      return total_cycles(make_schedule(make_layout(job, x, geometry, all, width)));
    };
    const std::int64_t chosen = total_cycles(make_schedule(make_layout(job, x, geometry, all)));
    for (std::int64_t width = 1; width <= std::max<std::int64_t>(1, geometry.cols / outputs);
         ++width)
      EXPECT_LE(chosen, cycles(width)) << width << " groups side by side, seed " << seed;
  }
}

}  // namespace
}  // namespace systole
