// int_mul_test.cpp: products element by element.
#include "model/ops/int_mul.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(IntMul, MultipliesCodesLessTheirZeroPoints) {
  const IntTensor a({2, 2}, std::vector<std::int32_t>{1, -2, 3, 0});
  const IntTensor b({2, 2}, std::vector<std::int32_t>{5, 7, -11, 9});
  EXPECT_EQ(int_mul(a, b, 0, 0), IntTensor({2, 2}, std::vector<std::int32_t>{5, -14, -33, 0}));
  EXPECT_EQ(int_mul(a, b, 3, -1), IntTensor({2, 2}, std::vector<std::int32_t>{-12, -40, 0, -30}));
}

TEST(IntMul, HoldsSixteenBitCodes) {
  EXPECT_EQ(int_mul(IntTensor({1}, -32768), IntTensor({1}, -32768), 0, 0)[0], 1 << 30);
  EXPECT_EQ(int_mul(IntTensor({1}, 32767), IntTensor({1}, -32768), -1, 0)[0], -(1 << 30));
}

}  // namespace
}  // namespace systole
