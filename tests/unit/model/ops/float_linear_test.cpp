// float_linear_test.cpp: float products, bit by bit.
#include "model/ops/float_linear.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

/// One rounding per product and per sum, ascending k. `volatile` keeps the compiler from
/// reordering or fusing.
FloatTensor by_definition(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias) {
  FloatTensor y({x.rows(), w.shape[1]});
  for (std::int64_t m = 0; m < x.rows(); ++m) {
    for (std::int64_t n = 0; n < w.shape[1]; ++n) {
      volatile float sum = 0;
      for (std::int64_t k = 0; k < w.shape[0]; ++k) {
        const volatile float product = x[m * w.shape[0] + k] * w[k * w.shape[1] + n];
        sum = sum + product;
      }
      y[m * w.shape[1] + n] = bias.shape.empty() ? sum : sum + bias[n];
    }
  }
  return y;
}

TEST(FloatLinear, MultipliesByHand) {
  const FloatTensor x({1, 2}, std::vector<float>{2, 3});
  const FloatTensor w({2, 2}, std::vector<float>{1, 10, 100, 1000});
  EXPECT_EQ(float_linear(x, w, {}).data, (std::vector<float>{302, 3020}));
  const FloatTensor bias({2}, std::vector<float>{0.5F, -1});
  EXPECT_EQ(float_linear(x, w, bias).data, (std::vector<float>{302.5F, 3019}));
}

TEST(FloatLinear, SumsInAscendingOrder) {
  const FloatTensor x({1, 3}, std::vector<float>{1e8F, 1, -1e8F});
  EXPECT_EQ(float_linear(x, FloatTensor({3, 1}, 1), {})[0], 0.0F);  // 1e8 + 1 is 1e8.
  EXPECT_EQ(float_linear(x, FloatTensor({3, 16}, 1), {})[0], 0.0F);
}

// Every remainder by the block's rows and columns; not one bit may differ.
TEST(FloatLinear, HasTheSameBitsAsTheDefinition) {
  constexpr std::uint32_t kSeed = 13;
  Random random(kSeed);
  for (std::int64_t m = 1; m <= 5; ++m)
    for (std::int64_t n = 1; n <= 35; ++n)
      for (const std::int64_t k : {1, 2, 7, 40}) {
        const FloatTensor x = random.floats({m, k});
        const FloatTensor w = random.floats({k, n});
        const FloatTensor bias = random.floats({n});
        ASSERT_EQ(float_linear(x, w, bias), by_definition(x, w, bias))
            << m << 'x' << k << 'x' << n << ", seed " << kSeed;
      }
}

TEST(FloatLinear, KeepsLeadingAxes) {
  EXPECT_EQ(float_linear(FloatTensor({2, 3, 4}, 1), FloatTensor({4, 5}, 2), {}),
            FloatTensor({2, 3, 5}, 8));
}

}  // namespace
}  // namespace systole
