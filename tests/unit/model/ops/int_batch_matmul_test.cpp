// int_batch_matmul_test.cpp: products of two activations.
#include "model/ops/int_batch_matmul.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

const IntTensor kA({2, 3}, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6});
const IntTensor kB({3, 2}, std::vector<std::int32_t>{1, 0, -1, 2, 0, 1});

/// The last two axes swapped.
IntTensor transposed(const IntTensor& x) {
  Shape shape = x.shape;
  const std::size_t last = shape.size() - 1;
  std::swap(shape[last - 1], shape[last]);
  IntTensor y(shape);
  const std::int64_t rows = shape[last - 1];
  const std::int64_t columns = shape[last];
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::int64_t matrix = i / (rows * columns);
    const std::int64_t r = i / columns % rows;
    const std::int64_t c = i % columns;
    y[i] = x[matrix * rows * columns + c * rows + r];
  }
  return y;
}

TEST(IntBatchMatmul, MultipliesOneMatrix) {
  EXPECT_EQ(int_batch_matmul(kA, kB, false, false, 0, 0),
            IntTensor({2, 2}, std::vector<std::int32_t>{-1, 7, -1, 16}));
}

TEST(IntBatchMatmul, TakesOffBothZeroPoints) {
  // [[0 1 2] [3 4 5]] * [[0 -1] [-2 1] [-1 0]]
  EXPECT_EQ(int_batch_matmul(kA, kB, false, false, 1, 1),
            IntTensor({2, 2}, std::vector<std::int32_t>{-4, 1, -13, 1}));
}

TEST(IntBatchMatmul, ReadsTransposedOperands) {
  const IntTensor expected({2, 2}, std::vector<std::int32_t>{-4, 1, -13, 1});
  EXPECT_EQ(int_batch_matmul(transposed(kA), kB, true, false, 1, 1), expected);
  EXPECT_EQ(int_batch_matmul(kA, transposed(kB), false, true, 1, 1), expected);
  EXPECT_EQ(int_batch_matmul(transposed(kA), transposed(kB), true, true, 1, 1), expected);
}

TEST(IntBatchMatmul, MultipliesMatrixByMatrixOverTheLeadingAxes) {
  constexpr std::uint32_t kSeed = 41;
  Random random(kSeed);
  const IntTensor a = random.ints({2, 3, 4, 5}, -128, 127);
  const IntTensor b = random.ints({2, 3, 5, 6}, -128, 127);
  const IntTensor y = int_batch_matmul(a, b, false, false, 7, -9);
  ASSERT_EQ(y.shape, (Shape{2, 3, 4, 6}));
  for (std::int64_t i = 0; i < y.size(); ++i) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < 5; ++k)
      sum += (a[i / 6 * 5 + k] - 7) * (b[i / 24 * 30 + k * 6 + i % 6] + 9);
    ASSERT_EQ(y[i], sum) << i << ", seed " << kSeed;
  }
  EXPECT_EQ(int_batch_matmul(transposed(a), transposed(b), true, true, 7, -9), y);
}

}  // namespace
}  // namespace systole
