// batch_norm_test.cpp: normalisation with trained statistics.
#include "model/ops/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

TEST(BatchNorm, NormalisesPerChannel) {
  const FloatTensor x({1, 2}, std::vector<float>{5, 7});
  const FloatTensor gamma({2}, std::vector<float>{2, 1});
  const FloatTensor beta({2}, std::vector<float>{1, 0});
  const FloatTensor mean({2}, std::vector<float>{3, 7});
  const FloatTensor variance({2}, std::vector<float>{3, 1});
  // (5 - 3) / sqrt(3 + 1) * 2 + 1 and 0.
  EXPECT_EQ(batch_norm(x, gamma, beta, mean, variance, 1.0F).data[0], 3.0F);
  EXPECT_EQ(batch_norm(x, gamma, beta, mean, variance, 1.0F).data[1], 0.0F);
}

TEST(BatchNorm, IsCloseToTheFormulaInDouble) {
  constexpr std::uint32_t kSeed = 15;
  Random random(kSeed);
  const FloatTensor x = random.floats({50, 8});
  const FloatTensor gamma = random.floats({8});
  const FloatTensor beta = random.floats({8});
  const FloatTensor mean = random.floats({8});
  FloatTensor variance = random.floats({8});
  for (float& value : variance.data) value = std::abs(value);
  const FloatTensor y = batch_norm(x, gamma, beta, mean, variance, 1e-3F);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::int64_t c = i % 8;
    const double exact =
        (double{x[i]} - mean[c]) / std::sqrt(double{variance[c]} + 1e-3F) * gamma[c] + beta[c];
    EXPECT_NEAR(y[i], exact, 1e-5) << "element " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
