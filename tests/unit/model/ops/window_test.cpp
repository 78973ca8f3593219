// window_test.cpp: the geometry of windows.
#include "model/ops/window.h"

#include <gtest/gtest.h>

#include <vector>

namespace systole {
namespace {

Window line(std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t before,
            std::int64_t after) {
  Window window;
  window.kernel = {1, kernel};
  window.stride = {1, stride};
  window.dilation = {1, dilation};
  window.padding = {0, before, 0, after};
  return window;
}

TEST(OutputExtent, KnowsTheUsualConvolutions) {
  EXPECT_EQ(output_extent(line(3, 1, 1, 1, 1), 1, 8), 8);
  EXPECT_EQ(output_extent(line(3, 2, 1, 1, 1), 1, 8), 4);
  EXPECT_EQ(output_extent(line(3, 1, 1, 0, 0), 1, 8), 6);
  EXPECT_EQ(output_extent(line(1, 2, 1, 0, 0), 1, 7), 4);
  EXPECT_EQ(output_extent(line(2, 2, 1, 0, 0), 1, 7), 3);
  EXPECT_EQ(output_extent(line(3, 1, 2, 0, 0), 1, 8), 4);
}

TEST(OutputExtent, IsZeroAsSoonAsTheWindowDoesNotFit) {
  EXPECT_EQ(output_extent(line(3, 2, 1, 0, 0), 1, 3), 1);
  EXPECT_EQ(output_extent(line(3, 2, 1, 0, 0), 1, 2), 0);
  EXPECT_EQ(output_extent(line(3, 4, 1, 0, 0), 1, 2), 0);
  EXPECT_EQ(output_extent(line(3, 1, 1, 0, 0), 1, 0), 0);
}

TEST(OutputExtent, UsesTheAxisAskedFor) {
  Window window;
  window.kernel = {2, 3};
  window.padding = {1, 0, 2, 5};
  EXPECT_EQ(output_extent(window, 0, 4), 6);
  EXPECT_EQ(output_extent(window, 1, 4), 7);
}

// Counts the positions at which a window can be put down.
TEST(OutputExtent, AgreesWithCountingPositions) {
  for (std::int64_t kernel = 1; kernel <= 4; ++kernel)
    for (std::int64_t stride = 1; stride <= 3; ++stride)
      for (std::int64_t dilation = 1; dilation <= 3; ++dilation)
        for (std::int64_t before = 0; before <= 2; ++before)
          for (std::int64_t extent = 0; extent <= 9; ++extent) {
            std::int64_t count = 0;
            for (std::int64_t at = -before; at + dilation * (kernel - 1) < extent + 1; at += stride)
              ++count;
            ASSERT_EQ(output_extent(line(kernel, stride, dilation, before, 1), 1, extent), count);
          }
}

TEST(TapsInside, LeavesPaddingOut) {
  const Window window = line(3, 1, 1, 1, 1);
  EXPECT_EQ(taps_inside(window, 1, 0, 4), 2);
  EXPECT_EQ(taps_inside(window, 1, 1, 4), 3);
  EXPECT_EQ(taps_inside(window, 1, 3, 4), 2);
  EXPECT_EQ(taps_inside(window, 1, 0, 1), 1);
}

TEST(EveryWindowSeesImage, FailsWhenAPositionIsAllPadding) {
  EXPECT_TRUE(every_window_sees_image(line(3, 1, 1, 2, 2), 1, 4));
  EXPECT_FALSE(every_window_sees_image(line(3, 1, 1, 3, 0), 1, 4));
  EXPECT_FALSE(every_window_sees_image(line(3, 1, 1, 0, 3), 1, 4));
  EXPECT_FALSE(every_window_sees_image(line(2, 1, 3, 2, 2), 1, 1));
}

TEST(ForEachTap, VisitsTheTapsInsideInOrder) {
  const Window window = line(2, 1, 1, 1, 0);
  std::vector<std::pair<std::int64_t, std::int64_t>> taps;
  for_each_tap(window, {2, 1, 2, 3},
               [&](std::int64_t out, std::int64_t in) { taps.emplace_back(out, in); });
  const decltype(taps) expected = {{0, 0}, {1, 0}, {1, 1}, {2, 2}, {3, 2}, {3, 3}};
  EXPECT_EQ(taps, expected);
}

}  // namespace
}  // namespace systole
