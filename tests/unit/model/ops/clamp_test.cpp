// clamp_test.cpp: codes pinned to a range.
#include "model/ops/clamp.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Clamp, PinsCodesToBothEnds) {
  const IntTensor x({2, 3}, std::vector<std::int32_t>{-4, -3, 0, 5, 6, INT32_MAX});
  EXPECT_EQ(clamp(x, {-3, 5}), IntTensor({2, 3}, std::vector<std::int32_t>{-3, -3, 0, 5, 5, 5}));
}

TEST(Clamp, KeepsCodesInTheWidestRange) {
  const IntTensor x({2}, std::vector<std::int32_t>{INT32_MIN, INT32_MAX});
  EXPECT_EQ(clamp(x, {INT32_MIN, INT32_MAX}), x);
  EXPECT_EQ(clamp(x, {7, 7}), IntTensor({2}, 7));
}

}  // namespace
}  // namespace systole
