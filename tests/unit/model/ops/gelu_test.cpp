#include "model/ops/gelu.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace systole {
namespace {

constexpr float kEndless = std::numeric_limits<float>::infinity();

TEST(Gelu, IsNothingFarBelowZeroAndTheIdentityFarAbove) {
  for (const GeluForm form : {GeluForm::kErf, GeluForm::kTanh}) {
    const FloatTensor y = gelu({{1, 5}, {-100, 0, 100, 3e38F, kEndless}}, form);
    EXPECT_EQ(y.data, (std::vector<float>{0, 0, 100, 3e38F, kEndless}));
  }
}

TEST(Gelu, OfMinusInfinityAndOfANanIsNan) {
  for (const GeluForm form : {GeluForm::kErf, GeluForm::kTanh}) {
    const FloatTensor y = gelu({{1, 2}, {-kEndless, std::nanf("")}}, form);
    EXPECT_TRUE(std::isnan(y[0]));
    EXPECT_TRUE(std::isnan(y[1]));
  }
}

// Both formulas in another language's doubles, rounded to float32.
TEST(Gelu, HasTheValuesOfItsForm) {
  const FloatTensor x({2, 3}, {-3, -1, -0.5F, 0.5F, 1, 3});
  EXPECT_EQ(gelu(x, GeluForm::kErf),
            FloatTensor({2, 3}, {-0x1.096698p-8F, -0x1.44ed0cp-3F, -0x1.3bf144p-3F, 0x1.62075ep-2F,
                                 0x1.aec4bep-1F, 0x1.7f7b4cp+1F}));
  EXPECT_EQ(gelu(x, GeluForm::kTanh),
            FloatTensor({2, 3}, {-0x1.dcc2a0p-9F, -0x1.453d22p-3F, -0x1.3bfa4cp-3F, 0x1.6202dap-2F,
                                 0x1.aeb0b8p-1F, 0x1.7f88d0p+1F}));
}

}  // namespace
}  // namespace systole
