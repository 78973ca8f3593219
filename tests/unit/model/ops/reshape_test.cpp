// reshape_test.cpp: the same elements under another shape.
#include "model/ops/reshape.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Reshape, KeepsTheBatchAndTheOrder) {
  const IntTensor x({2, 1, 1, 4}, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(reshape(x, {2, 2}), IntTensor({2, 2, 2}, x.data));
  EXPECT_EQ(reshape(x, {4}), IntTensor({2, 4}, x.data));
}

TEST(Reshape, TakesReals) {
  const FloatTensor x({1, 2}, std::vector<float>{0.5F, 1});
  EXPECT_EQ(reshape(x, {2, 1, 1}), FloatTensor({1, 2, 1, 1}, x.data));
}

TEST(Reshape, CanLeaveTheBatchAlone) {
  EXPECT_EQ(reshape(IntTensor({3, 1}, 4), {}), IntTensor({3}, 4));
}

}  // namespace
}  // namespace systole
