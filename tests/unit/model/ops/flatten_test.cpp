// flatten_test.cpp: one row per batch element.
#include "model/ops/flatten.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Flatten, KeepsTheBatchAndTheOrder) {
  const IntTensor x({2, 1, 2, 2}, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(flatten(x), IntTensor({2, 4}, x.data));
}

TEST(Flatten, TakesVectorsAndEmptyBatches) {
  EXPECT_EQ(flatten(FloatTensor({3})).shape, (Shape{3, 1}));
  EXPECT_EQ(flatten(FloatTensor({0, 2, 3})).shape, (Shape{0, 6}));
}

}  // namespace
}  // namespace systole
