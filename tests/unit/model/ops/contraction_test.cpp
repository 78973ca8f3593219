// contraction_test.cpp: float arithmetic compiled for a processor that can fuse a product and a
// sum, which would leave out a rounding.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/ops/batch_norm.h"
#include "model/ops/elementary.h"
#include "model/ops/float_linear.h"
#include "model/ops/requantise/requantise.h"
#include "model/ops/requantise/torch2chip.h"

namespace systole {
namespace {

// 4097^2 = 16785409 has 25 bits: as a float it is one less.
constexpr float kOdd = 4097;
constexpr float kProduct = 16785408;

class Contraction : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "this processor cannot fuse";
#endif
    ASSERT_EQ(std::fma(kOdd, kOdd, -kProduct), 1);
  }
};

TEST_F(Contraction, IsOffInFloatMulShift) {
  const FloatMulShift op{.scale = {kOdd}, .bias = {-kProduct}};
  EXPECT_EQ(float_mul_shift(FloatTensor({1}, kOdd), op)[0], 0);
  EXPECT_EQ(float_mul_shift(IntTensor({1}, 4097), op)[0], 0);
}

TEST_F(Contraction, IsOffInRequantiseFloat32) {
  // Just above 6.5, and 6.5 once it is a float.
  constexpr float kFactor = 0x1.b0e91cp-5F;
  ASSERT_EQ(std::fma(123.0, double{kFactor}, 0x1.8p52) - 0x1.8p52, 7);
  const Requantise op{.dialect = Float32Scale{{kFactor}}, .clamp = {-128, 127}};
  EXPECT_EQ(requantise(IntTensor({64}, 123), op), IntTensor({64}, 6));
}

TEST_F(Contraction, IsOffInFloatLinear) {
  const FloatTensor x({1, 2}, std::vector<float>{-kProduct, kOdd});
  FloatTensor w({2, 17}, kOdd);  // A vector of columns and one more.
  std::fill_n(w.data.begin(), 17, 1);
  EXPECT_EQ(float_linear(x, w, {}), FloatTensor({1, 17}, 0));
}

TEST_F(Contraction, IsOffInBatchNorm) {
  const auto one = [](float value) { return FloatTensor({1}, value); };
  EXPECT_EQ(batch_norm(one(kOdd), one(kOdd), one(-kProduct), one(0), one(1), 0)[0], 0);
}

// The bits of IEEE doubles in another language, a rounding per operation.
TEST_F(Contraction, IsOffInElementaryFunctions) {
  EXPECT_EQ(portable_exp(1), 0x1.5bf0a8b14576ap+1);
  EXPECT_EQ(portable_erf(0.6875), 0x1.569243d2b3a9cp-1);
}

}  // namespace
}  // namespace systole
