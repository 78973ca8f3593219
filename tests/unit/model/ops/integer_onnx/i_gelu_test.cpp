// i_gelu_test.cpp: x times a clipped parabola.
#include "model/ops/integer_onnx/i_gelu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace systole {
namespace {

constexpr IGelu kSmallGelu = {.b = -4, .one = 20};

std::int32_t gelu_at(std::int32_t x, const IGelu& op = kSmallGelu) {
  return i_gelu(IntTensor({1, 1}, x), op)[0];
}

TEST(IGelu, IsZeroAtZero) { EXPECT_EQ(gelu_at(0), 0); }

TEST(IGelu, FollowsTheParabolaInside) {
  EXPECT_EQ(gelu_at(1), 1 * 15);  // (1 - 4)^2 = 9: (20 + 11) / 2 = 15.5 down
  EXPECT_EQ(gelu_at(2), 2 * 18);  // (20 + 16) / 2
  EXPECT_EQ(gelu_at(3), 3 * 19);  // (20 + 19) / 2 = 19.5 down
}

TEST(IGelu, RoundsDownOnTheNegativeSide) {
  EXPECT_EQ(gelu_at(-1), -1 * 4);  // (20 - 11) / 2 = 4.5 down
  EXPECT_EQ(gelu_at(-2), -2 * 2);
  EXPECT_EQ(gelu_at(-3), -3 * 0);  // 0.5 down
}

TEST(IGelu, IsLinearAboveAndZeroBelow) {
  for (const std::int32_t x : {4, 5, 127}) {
    EXPECT_EQ(gelu_at(x), x * 20);
    EXPECT_EQ(gelu_at(-x), 0);
  }
}

TEST(IGelu, TakesAParabolaThatPassesOne) {
  // (0 - 4)^2 = 16 is more than one: erf(1) = 3 - 9 = -6, (3 - 6) / 2 = -1.5 down.
  const IGelu deep = {.b = -4, .one = 3};
  EXPECT_EQ(gelu_at(1, deep), -2);
  EXPECT_EQ(gelu_at(-1, deep), -4);  // (3 + 6) / 2 = 4.5 down
}

TEST(IGelu, TakesNoParabolaAtAll) {
  const IGelu step = {.b = 0, .one = 7};
  EXPECT_EQ(gelu_at(3, step), 21);
  EXPECT_EQ(gelu_at(-3, step), 0);
  EXPECT_EQ(gelu_at(0, step), 0);
}

TEST(IGelu, IsBoundedByItsLargestResult) {
  for (const IGelu& op : {kSmallGelu, IGelu{-4, 3}, IGelu{-40, 1743}, IGelu{0, 5}})
    for (const IntRange& range : {IntRange{-128, 127}, {0, 3}, {-2, -1}, {-128, -100}, {9, 9}}) {
      std::int64_t largest = 0;
      for (auto x = range.lo; x <= range.hi; ++x)
        largest = std::max<std::int64_t>(largest, std::abs(gelu_at(static_cast<int>(x), op)));
      EXPECT_EQ(i_gelu_bound(op, range), largest) << op.b << ", [" << range.lo << ", " << range.hi;
    }
}

TEST(IGelu, HasABoundForAnyRange) {
  constexpr std::int64_t kFar = std::int64_t{1} << 62;
  EXPECT_EQ(i_gelu_bound({-40, std::numeric_limits<std::int32_t>::max()}, {-kFar, kFar}), kFar);
  EXPECT_EQ(i_gelu_bound({-40, 1743}, {-kFar, 40}), 40 * 1743);
}

}  // namespace
}  // namespace systole
