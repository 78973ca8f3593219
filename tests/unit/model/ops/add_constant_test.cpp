#include "model/ops/add_constant.h"

#include <gtest/gtest.h>

#include <vector>

namespace systole {
namespace {

TEST(BroadcastsTo, AlignsAxesAtTheLast) {
  EXPECT_TRUE(broadcasts_to({2, 3}, {2, 3}));
  EXPECT_TRUE(broadcasts_to({3}, {2, 3}));
  EXPECT_TRUE(broadcasts_to({2, 1}, {2, 3}));
  EXPECT_TRUE(broadcasts_to({}, {2, 3}));
  EXPECT_FALSE(broadcasts_to({2}, {2, 3}));
  EXPECT_FALSE(broadcasts_to({1, 2, 3}, {2, 3}));
  EXPECT_FALSE(broadcasts_to({2, 3}, {2, 1}));
}

TEST(BroadcastIndices, RepeatAxesOfOne) {
  EXPECT_EQ(broadcast_indices({2, 1, 2}, {2, 3, 2}),
            (std::vector<std::int64_t>{0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3}));
  EXPECT_EQ(broadcast_indices({}, {2}), (std::vector<std::int64_t>{0, 0}));
}

TEST(AddConstant, AddsTheSameToEveryItem) {
  const FloatTensor x({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(add_constant(x, {{2, 2}, {10, 20, 30, 40}}),
            FloatTensor({2, 2, 2}, {10, 21, 32, 43, 14, 25, 36, 47}));
}

TEST(AddConstant, RepeatsRowsAndColumns) {
  const FloatTensor x({1, 2, 2}, {0, 1, 2, 3});
  EXPECT_EQ(add_constant(x, {{2}, {10, 20}}), FloatTensor({1, 2, 2}, {10, 21, 12, 23}));
  EXPECT_EQ(add_constant(x, {{2, 1}, {10, 20}}), FloatTensor({1, 2, 2}, {10, 11, 22, 23}));
}

}  // namespace
}  // namespace systole
