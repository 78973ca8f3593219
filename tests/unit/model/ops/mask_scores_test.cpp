#include "model/ops/mask_scores.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

constexpr float kLowest = -3.4028234663852886e38F;

TEST(MaskScores, LeavesOutKeysOfTheItemForEveryHeadAndQuery) {
  // [n 2, heads 1, q 2, k 2].
  const FloatTensor scores({2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(mask_scores(scores, {{2, 2}, {1, 0, 0, 1}}, -100),
            FloatTensor({2, 1, 2, 2}, {1, -98, 3, -96, -95, 6, -93, 8}));
}

TEST(MaskScores, LosesTheScoreInFloat32sLowestNumber) {
  EXPECT_EQ(mask_scores({{1, 1, 2}, {-50, 50}}, {{1, 2}, {0, 1}}, kLowest),
            FloatTensor({1, 1, 2}, {kLowest, 50}));
}

TEST(MaskScores, RoundsEveryStep) {
  // 1 - 2^-25 is a tie that goes to 1.
  EXPECT_EQ(mask_scores(FloatTensor({1, 1, 1}, 1), FloatTensor({1, 1}, 0x1p-25F), 2)[0], 3);
}

}  // namespace
}  // namespace systole
