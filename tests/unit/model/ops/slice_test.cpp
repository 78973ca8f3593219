#include "model/ops/slice.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

const IntTensor kImage({1, 3, 4, 1}, {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23});

TEST(Slice, TakesEveryOtherPixel) {
  const IntTensor y = slice(kImage, {{.count = 2, .step = 2}, {.count = 2, .step = 2}, {}});
  EXPECT_EQ(y, IntTensor({1, 2, 2, 1}, {0, 2, 20, 22}));
}

TEST(Slice, StartsWhereItIsTold) {
  const IntTensor y = slice(kImage, {{.start = 2}, {.start = 1, .count = 3}, {}});
  EXPECT_EQ(y, IntTensor({1, 1, 3, 1}, {21, 22, 23}));
}

TEST(Slice, StepsAlongChannels) {
  const FloatTensor x({2, 5}, {0, 1, 2, 3, 4, 10, 11, 12, 13, 14});
  const FloatTensor y = slice(x, {{.start = 1, .count = 2, .step = 3}});
  EXPECT_EQ(y, FloatTensor({2, 2}, {1, 4, 11, 14}));
}

TEST(Slice, OfEverythingIsACopy) {
  EXPECT_EQ(slice(kImage, {{.count = 3}, {.count = 4}, {.count = 1}}), kImage);
}

}  // namespace
}  // namespace systole
