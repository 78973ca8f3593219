#include "model/ops/float_batch_matmul.h"

#include <gtest/gtest.h>

#include <vector>

#include "model/ops/transpose.h"

namespace systole {
namespace {

const FloatTensor kLeft({1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 1, 0, 0, 0, 0, 1});
const FloatTensor kRight({1, 2, 3, 2}, {1, 0, 0, 1, 1, 1, 7, 8, 9, 10, 11, 12});
const FloatTensor kProduct({1, 2, 2, 2}, {4, 5, 10, 11, 7, 8, 11, 12});

TEST(FloatBatchMatmul, MultipliesMatrixByMatrix) {
  EXPECT_EQ(float_batch_matmul(kLeft, kRight, false, false), kProduct);
}

TEST(FloatBatchMatmul, TakesEitherOperandWithItsAxesSwapped) {
  const std::vector<std::int64_t> swap = {0, 2, 1};
  const FloatTensor left = transpose(kLeft, swap), right = transpose(kRight, swap);
  EXPECT_EQ(float_batch_matmul(left, kRight, true, false), kProduct);
  EXPECT_EQ(float_batch_matmul(kLeft, right, false, true), kProduct);
  EXPECT_EQ(float_batch_matmul(left, right, true, true), kProduct);
}

TEST(FloatBatchMatmul, SumsFromZeroInAscendingOrder) {
  // 2^24 + 1 is a tie that goes to 2^24, twice; from the other end the ones make 2.
  const FloatTensor ones({1, 3, 1}, 1.0F);
  EXPECT_EQ(float_batch_matmul({{1, 1, 3}, {0x1p24F, 1, 1}}, ones, false, false)[0], 0x1p24F);
  EXPECT_EQ(float_batch_matmul({{1, 1, 3}, {1, 1, 0x1p24F}}, ones, false, false)[0], 0x1p24F + 2);
}

}  // namespace
}  // namespace systole
