// int_matmul_test.cpp: exact matrix products.
#include "model/ops/int_matmul.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

/// The definition in 64 bits, reduced modulo 2^32.
IntTensor by_definition(const IntTensor& x, const IntTensor& w) {
  Shape shape = x.shape;
  shape.back() = w.shape[1];
  IntTensor acc(shape);
  for (std::int64_t m = 0; m < x.rows(); ++m) {
    for (std::int64_t n = 0; n < w.shape[1]; ++n) {
      std::int64_t sum = 0;
      for (std::int64_t k = 0; k < w.shape[0]; ++k) {
        sum += std::int64_t{x[m * w.shape[0] + k]} * w[k * w.shape[1] + n];
      }
      acc[m * w.shape[1] + n] = static_cast<std::int32_t>(sum);
    }
  }
  return acc;
}

TEST(IntMatmul, MultipliesByHand) {
  const IntTensor x({2, 3}, std::vector<std::int32_t>{1, 2, 3, -4, 5, -6});
  const IntTensor w({3, 2}, std::vector<std::int32_t>{1, 0, 0, 1, 2, -1});
  EXPECT_EQ(int_matmul(x, w), IntTensor({2, 2}, std::vector<std::int32_t>{7, -1, -16, 11}));
}

// Every remainder of k by the vector length and of n by the column block, down to one and zero.
TEST(IntMatmul, AgreesWithTheDefinitionOnAllSmallShapes) {
  constexpr std::uint32_t kSeed = 3;
  Random random(kSeed);
  for (std::int64_t m = 0; m <= 3; ++m)
    for (std::int64_t k = 0; k <= 19; ++k)
      for (std::int64_t n = 1; n <= 9; ++n) {
        const IntTensor x = random.ints({m, k}, -256, 255);
        const IntTensor w = random.ints({k, n}, -256, 255);
        if (k == 0) continue;  // A matrix without columns has no rows in this view.
        ASSERT_EQ(int_matmul(x, w), by_definition(x, w))
            << m << 'x' << k << 'x' << n << ", seed " << kSeed;
      }
}

TEST(IntMatmul, HoldsTheExtremeOperands) {
  for (const std::int32_t a : {-256, 255}) {
    for (const std::int32_t b : {-256, 255}) {
      const IntTensor x({1, 1000}, a);
      const IntTensor w({1000, 5}, b);
      EXPECT_EQ(int_matmul(x, w), IntTensor({1, 5}, a * b * 1000));
    }
  }
}

TEST(IntMatmul, SumsUpToTheLastOf32Bits) {
  // 32767 * 256^2 + 255 * 257 = 2^31 - 1.
  IntTensor x({1, 32768}, -256);
  IntTensor w({32768, 1}, -256);
  x[32767] = 255;
  w[32767] = 257;
  EXPECT_EQ(int_matmul(x, w)[0], INT32_MAX);
}

TEST(IntMatmul, WrapsBeyond32Bits) {
  const IntTensor x({1, 32768}, -256);
  EXPECT_EQ(int_matmul(x, IntTensor({32768, 1}, -256))[0], INT32_MIN);
  const IntTensor big({1, 24}, -32768);
  EXPECT_EQ(int_matmul(big, IntTensor({24, 4}, -32768)), IntTensor({1, 4}, 0));
}

TEST(IntMatmul, KeepsLeadingAxes) {
  const IntTensor acc = int_matmul(IntTensor({2, 3, 4}, 1), IntTensor({4, 5}, 2));
  EXPECT_EQ(acc, IntTensor({2, 3, 5}, 8));
}

TEST(IntMatmulBound, IsReachedAndNeverPassed) {
  const IntTensor w({2, 2}, std::vector<std::int32_t>{3, -1, -4, 2});
  EXPECT_EQ(int_matmul_bound(w, {-10, 5}), 70);
  EXPECT_EQ(int_matmul_bound(w, {-5, 10}), 70);
  EXPECT_EQ(int_matmul_bound(w, {0, 0}), 0);
  EXPECT_EQ(int_matmul(IntTensor({1, 2}, std::vector<std::int32_t>{-10, 10}), w)[0], -70);
}

TEST(IntMatmulBound, SaturatesInsteadOfOverflowing) {
  const IntTensor w({4, 1}, INT32_MIN);
  EXPECT_EQ(int_matmul_bound(w, {INT32_MIN, 0}), std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace systole
