// float_kernel_test.cpp: every width of vectors gives the same bits.
#include "model/ops/float_kernel.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

FloatTensor product(const FloatKernel& kernel, const FloatTensor& x, const FloatTensor& w,
                    const FloatTensor& bias, std::int64_t columns) {
  FloatTensor y({x.shape[0], columns + 1}, 99);  // A column that is not written.
  kernel.multiply({x.data.data(), x.shape[0], x.shape[1], w.data.data(), columns, w.shape[1],
                   bias.data.empty() ? nullptr : bias.data.data(), y.data.data(), columns + 1});
  return y;
}

FloatTensor by_definition(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias,
                          std::int64_t columns) {
  FloatTensor y({x.shape[0], columns + 1}, 99);
  for (std::int64_t i = 0; i < x.shape[0]; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      volatile float sum = 0;  // Rounded to a float every time.
      for (std::int64_t k = 0; k < x.shape[1]; ++k) {
        volatile float term = x[i * x.shape[1] + k] * w[k * w.shape[1] + j];
        sum = sum + term;
      }
      y[i * (columns + 1) + j] = bias.data.empty() ? sum : sum + bias[j];
    }
  return y;
}

TEST(FloatKernel, PlainIsThereOnEveryProcessor) {
  EXPECT_EQ(available_float_kernels().front().name, "plain");
}

TEST(FloatKernel, EveryOneGivesTheBitsOfTheDefinition) {
  constexpr std::uint32_t kSeed = 12;
  Random random(kSeed);
  for (int i = 0; i < 300; ++i) {
    const std::int64_t columns = random.integer(1, 100);
    const FloatTensor x = random.floats({random.integer(1, 11), random.integer(1, 40)});
    const FloatTensor w = random.floats({x.shape[1], columns + random.integer(0, 3)});
    const FloatTensor bias = i % 2 == 0 ? FloatTensor{} : random.floats({columns});
    const FloatTensor expected = by_definition(x, w, bias, columns);
    for (const FloatKernel& kernel : available_float_kernels())
      ASSERT_EQ(product(kernel, x, w, bias, columns), expected)
          << kernel.name << ", case " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
