// zero_point_test.cpp: codes less their zero point.
#include "model/ops/zero_point.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(SubtractZeroPoint, TakesItOffEveryCode) {
  const IntTensor x({2, 2}, std::vector<std::int32_t>{0, 33, 255, -128});
  EXPECT_EQ(subtract_zero_point(x, 33),
            IntTensor({2, 2}, std::vector<std::int32_t>{-33, 0, 222, -161}));
  EXPECT_EQ(subtract_zero_point(x, -128),
            IntTensor({2, 2}, std::vector<std::int32_t>{128, 161, 383, 0}));
  EXPECT_EQ(subtract_zero_point(x, 0), x);
}

}  // namespace
}  // namespace systole
