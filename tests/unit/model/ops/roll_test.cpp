#include "model/ops/roll.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

const IntTensor kRows({2, 2, 3}, {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32});

TEST(Roll, MovesElementsAheadAndAroundTheEnd) {
  EXPECT_EQ(roll(kRows, {0, 1}),
            IntTensor({2, 2, 3}, {2, 0, 1, 12, 10, 11, 22, 20, 21, 32, 30, 31}));
  EXPECT_EQ(roll(kRows, {1, 0}),
            IntTensor({2, 2, 3}, {10, 11, 12, 0, 1, 2, 30, 31, 32, 20, 21, 22}));
}

TEST(Roll, TakesAnySignAndMoreThanTheExtent) {
  EXPECT_EQ(roll(kRows, {0, -1}), roll(kRows, {0, 2}));
  EXPECT_EQ(roll(kRows, {-3, 7}), roll(kRows, {1, 1}));
  EXPECT_EQ(roll(kRows, {2, -3}), kRows);
}

TEST(Roll, GoesBackByTheOppositeShift) {
  // Swin's windows: an image rolled by -3 and back.
  FloatTensor image({1, 7, 5, 2});
  for (std::int64_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i);
  const FloatTensor rolled = roll(image, {-3, -3, 0});
  EXPECT_EQ(rolled[0], (3 * 5 + 3) * 2);
  EXPECT_EQ(roll(rolled, {3, 3, 0}), image);
}

}  // namespace
}  // namespace systole
