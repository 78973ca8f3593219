// soft_rounding_test.cpp: where soft weights start, and where slopes and the penalty drive them.
#include "model/quant/soft_rounding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

/// Step 1/2, codes [-4, 3].
Encoding halves() {
  return {.name = "w",
          .spec = {.format = IntFormat{.bits = 3}},
          .scale = Tensor<double>(Shape{}, 0.5),
          .zero_point = IntTensor(Shape{})};
}

FloatTensor row_of(std::vector<float> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{count}, std::move(values)};
}

TEST(SoftRounding, StartsAtTheWeightOrAtTheEndOfTheRange) {
  const SoftRounding rounding(row_of({0.3F, -0.3F, 0.0F, 1.0F, 7.0F, -9.0F, 1.4F}), halves());
  const std::vector<float> expected = {0.3F, -0.3F, 0.0F, 1.0F, 1.5F, -2.0F, 1.4F};
  for (std::int64_t i = 0; i < std::ssize(expected); ++i)
    EXPECT_NEAR(rounding.soft()[i], expected[static_cast<std::size_t>(i)], 1e-7) << i;
  // 0.6, -0.6, 0, 2, (3), (-4) and 2.8 steps.
  EXPECT_EQ(rounding.codes(), IntTensor({7}, {1, -1, 0, 2, 3, -4, 3}));
}

TEST(SoftRounding, StartsAtTheWeightOfAffineCodesAndInverseSteps) {
  const Encoding encoding = {
      .name = "w",
      .spec = {.format = IntFormat{.bits = 4, .is_signed = false, .is_symmetric = false},
               .granularity = PerChannel{0}},
      .scale_is = ScaleKind::kInverse,
      .scale = Tensor<double>({2}, {4.0, 10.0}),
      .zero_point = IntTensor({2}, {3, 15})};
  const SoftRounding rounding(row_of({1.1F, -0.78F}), encoding);
  EXPECT_NEAR(rounding.soft()[0], 1.1F, 1e-6);
  EXPECT_NEAR(rounding.soft()[1], -0.78F, 1e-6);
  EXPECT_EQ(rounding.codes(), IntTensor({2}, {4 + 3, -8 + 15}));
}

TEST(SoftRounding, FollowsTheSlopeToTheOtherCode) {
  SoftRounding rounding(row_of({0.3F, 0.3F, 1.0F}), halves());
  for (int i = 0; i < 100; ++i) rounding.descend(row_of({1.0F, -1.0F, 1.0F}), 0.1, {});
  EXPECT_EQ(rounding.codes(), IntTensor({3}, {0, 1, 2}));
  // All the way; a weight on a code has nowhere to go.
  EXPECT_EQ(rounding.soft(), row_of({0.0F, 0.5F, 1.0F}));
}

// h = 0.6 of 0.3 / 0.5; sigmoid = 0.7 / 1.2; the first step of Adam is `rate` in v, so
// v = ln(0.7 / 0.5) - 0.1.
TEST(SoftRounding, TakesTheFirstStepByHand) {
  SoftRounding rounding(row_of({0.3F}), halves());
  rounding.descend(row_of({5.0F}), 0.1, {});
  const double v = std::log(1.4) - 0.1;
  const double h = 1.2 / (1 + std::exp(-v)) - 0.1;
  EXPECT_NEAR(rounding.soft()[0], 0.5 * h, 1e-7);
}

// Slope 1 * 0.5 down against 2 lambda beta 0.2^(beta - 1) up: equal at lambda = 0.625, beta = 2.
TEST(SoftRounding, WeighsThePenaltyAgainstTheSlope) {
  for (const double lambda : {0.62, 0.63}) {
    SoftRounding rounding(row_of({0.3F}), halves());
    rounding.descend(row_of({1.0F}), 0.1, {.lambda = lambda, .beta = 2});
    EXPECT_EQ(rounding.soft()[0] > 0.3F, lambda > 0.625) << lambda;
  }
}

TEST(SoftRounding, IsDrivenToTheNearerCodeByThePenaltyAlone) {
  SoftRounding rounding(row_of({0.3F, 0.2F}), halves());
  for (int i = 0; i < 100; ++i)
    rounding.descend(row_of({0.0F, 0.0F}), 0.1, {.lambda = 1, .beta = 2});
  EXPECT_EQ(rounding.soft(), row_of({0.5F, 0.0F}));
}

TEST(SoftRounding, RefusesFloatFormatsByName) {
  Encoding encoding = halves();
  encoding.spec.format = float8_e4m3();
  EXPECT_EQ(message_of([&] { SoftRounding(row_of({1.0F}), encoding); }),
            "w: got float E4M3, expected an integer format on the integer path; float formats are "
            "for the fake-quant path: systole evaluate");
}

}  // namespace
}  // namespace systole
