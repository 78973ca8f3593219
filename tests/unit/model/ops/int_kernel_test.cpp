// int_kernel_test.cpp: every instruction set gives the plain loops' integers, at the ends of
// ranges.
#include "model/ops/int_kernel.h"

#include <gtest/gtest.h>

#include "model/ops/int_matmul.h"
#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

std::string name(IntKernel kernel) { return std::string(to_string(kernel)); }

TEST(IntKernel, PlainIsThereOnEveryProcessorAndTheFastestIsTheLast) {
  EXPECT_EQ(available_int_kernels().front(), IntKernel::kPlain);
  EXPECT_EQ(available_int_kernels().back(), fastest_int_kernel());
}

TEST(IntKernel, OnlyExactProductsOf8BitsAreUsed) {
  for (const IntKernel kernel : available_int_kernels())
    EXPECT_EQ(loops_of(kernel).multiply8 != nullptr, kernel == IntKernel::kAvx512Vnni)
        << name(kernel);
}

// 255 * 127 * 2 and 255 * -128 * 2 do not fit 16 bits signed.
TEST(IntKernel, DoesNotSaturate) {
  for (const IntKernel kernel : available_int_kernels()) {
    for (const int weight : {-128, 127}) {
      constexpr std::int64_t kDepth = 4096;
      const IntTensor y =
          int_matmul(IntTensor({1, kDepth}, 255), IntTensor({kDepth, 17}, weight), kernel);
      EXPECT_EQ(y, IntTensor({1, 17}, 255 * weight * int{kDepth})) << name(kernel);
    }
  }
}

// 65794 * 255 * -128 = -2^31 - 32512.
TEST(IntKernel, WrapsSumsOf8BitsAsOfMore) {
  constexpr std::int64_t kDepth = 65794;
  for (const IntKernel kernel : available_int_kernels())
    EXPECT_EQ(int_matmul(IntTensor({1, kDepth}, 255), IntTensor({kDepth, 1}, -128), kernel)[0],
              INT32_MAX - 32511)
        << name(kernel);
}

// The last values of 8 bits and the first of more, each alone among zeros.
TEST(IntKernel, TakesOneWideOperandAmongNarrowOnes) {
  for (const IntKernel kernel : available_int_kernels()) {
    for (const int value : {-32768, -257, -256, -129, -128, -1, 127, 128, 255, 256, 32767}) {
      for (const std::int64_t place : {0, 3, 4, 6}) {
        IntTensor x({1, 7}, 0), w({7, 3}, 0);
        x[place] = value;
        EXPECT_EQ(int_matmul(x, IntTensor({7, 3}, -3), kernel), IntTensor({1, 3}, -3 * value))
            << name(kernel) << ", x " << value << " at " << place;
        for (int j = 0; j < 3; ++j) w[place * 3 + j] = value;
        EXPECT_EQ(int_matmul(IntTensor({1, 7}, 250), w, kernel), IntTensor({1, 3}, 250 * value))
            << name(kernel) << ", w " << value << " at " << place;
      }
    }
  }
}

TEST(IntKernel, GivesThePlainIntegers) {
  constexpr std::uint32_t kSeed = 11;
  Random random(kSeed);
  for (int i = 0; i < 200; ++i) {
    const auto [lo, hi] = random.range();
    const auto [w_lo, w_hi] = random.range();
    const std::int64_t depth = random.integer(1, 40);
    const IntTensor x = random.ints({random.integer(1, 20), depth}, lo, hi);
    const IntTensor w = random.ints({depth, random.integer(1, 150)}, w_lo, w_hi);
    const IntTensor expected = int_matmul(x, w, IntKernel::kPlain);
    for (const IntKernel kernel : available_int_kernels())
      ASSERT_EQ(int_matmul(x, w, kernel), expected)
          << name(kernel) << ", case " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
