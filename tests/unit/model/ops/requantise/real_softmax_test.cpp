#include "model/ops/requantise/real_softmax.h"

#include <gtest/gtest.h>

#include <cmath>

namespace systole {
namespace {

RealSoftmax rule(SoftmaxRule which, double operand_scale) {
  return {.rule = which,
          .operand_scale = operand_scale,
          .output_scale = static_cast<double>(1.0F / 255.0F),
          .clamp = {0, 255}};
}

TEST(RealSoftmax, SharesEquallyBetweenEqualCodes) {
  // 255 / 4 = 63.75, in double and with c = floor(1 / float32(1/255)) = 254 steps: 63.5.
  const IntTensor x({1, 4}, {7, 7, 7, 7});
  EXPECT_EQ(real_softmax(x, rule(SoftmaxRule::kDouble, 0.1)), IntTensor({1, 4}, 64));
  EXPECT_EQ(real_softmax(x, rule(SoftmaxRule::kQLinear, 0.1)), IntTensor({1, 4}, 64));
}

TEST(RealSoftmax, GivesAllToOneThatIsFarAhead) {
  const IntTensor x({1, 2}, {255, 0});
  EXPECT_EQ(real_softmax(x, rule(SoftmaxRule::kDouble, 1)), IntTensor({1, 2}, {255, 0}));
  EXPECT_EQ(real_softmax(x, rule(SoftmaxRule::kQLinear, 1)), IntTensor({1, 2}, {254, 0}));
}

TEST(RealSoftmax, HasTheSharesOfAKnownRatio) {
  // exp(d) = 1 / 3: shares of 1/4 and 3/4 of 255 steps, 63.75 and 191.25.
  RealSoftmax op = rule(SoftmaxRule::kDouble, std::log(3.0));
  EXPECT_EQ(real_softmax(IntTensor({1, 2}, {0, 1}), op), IntTensor({1, 2}, {64, 191}));
}

TEST(RealSoftmax, DependsOnDifferencesOnlyAndRowByRow) {
  for (const SoftmaxRule which : {SoftmaxRule::kDouble, SoftmaxRule::kQLinear}) {
    const IntTensor y =
        real_softmax(IntTensor({2, 3}, {1, 2, 3, -128, -127, -126}), rule(which, 0.3));
    for (std::int64_t c = 0; c < 3; ++c) EXPECT_EQ(y[c], y[3 + c]);
  }
}

TEST(RealSoftmax, AddsTheZeroPointAndClamps) {
  RealSoftmax op = rule(SoftmaxRule::kDouble, 1);
  op.zero_point = -128;
  op.clamp = {-128, 100};
  EXPECT_EQ(real_softmax(IntTensor({1, 2}, {127, -128}), op), IntTensor({1, 2}, {100, -128}));
}

TEST(RealSoftmax, QLinearRoundsInIntegers) {
  // n = 2, d = 0 and -ln 2: v = floor((2^32-1)/2) and half of it, 2147483647 and 1073741823 (or one
  // less by the last place of exp); shares of 254 steps: 169.33 and 84.67 with floor(S / 2) added.
  const IntTensor y =
      real_softmax(IntTensor({1, 2}, {1, 0}), rule(SoftmaxRule::kQLinear, std::log(2.0)));
  EXPECT_EQ(y, IntTensor({1, 2}, {169, 85}));
}

RealSoftmax times(double operand_scale) {
  return {.rule = SoftmaxRule::kTimes, .operand_scale = operand_scale, .clamp = {0, 255}};
}

TEST(RealSoftmax, MultipliesSharesByItsFactor) {
  // Shares of 1/4 and 3/4; a whole factor takes them to 63.75 and 191.25, or exactly to 64 and 192.
  RealSoftmax op = times(std::log(3.0));
  EXPECT_EQ(real_softmax(IntTensor({1, 2}, {0, 1}), op), IntTensor({1, 2}, {64, 191}));
  op.factor = 256;
  EXPECT_EQ(real_softmax(IntTensor({1, 2}, {0, 1}), op), IntTensor({1, 2}, {64, 192}));
}

TEST(RealSoftmax, HoldsDifferencesOfAnyTwoCodes) {
  for (const SoftmaxRule which : {SoftmaxRule::kDouble, SoftmaxRule::kTimes}) {
    RealSoftmax op = rule(which, std::log(3.0) / 0x1.fffffffep31);
    EXPECT_EQ(real_softmax(IntTensor({1, 2}, {INT32_MIN, INT32_MAX}), op),
              IntTensor({1, 2}, {64, 191}));
  }
}

TEST(RealSoftmax, LeavesMaskedPositionsOutOfEveryRowOfTheItem) {
  // [n 2, q 2, k 3]: the masked 1000 would take everything.
  const IntTensor x({2, 2, 3}, {0, 1000, 1, 0, 1000, 0, 7, 1000, 7, 1000, 7, 1000});
  const IntTensor mask({2, 3}, {1, 0, 1, 0, 1, 0});
  EXPECT_EQ(real_softmax(x, times(std::log(3.0)), &mask),
            IntTensor({2, 2, 3}, {64, 0, 191, 128, 0, 128, 0, 255, 0, 0, 255, 0}));
}

TEST(RealSoftmax, GivesEqualSharesWhereAllPositionsAreMasked) {
  const IntTensor mask({2, 2}, {0, 0, 0, 1});
  EXPECT_EQ(real_softmax(IntTensor({2, 2}, {0, 1, 0, 1}), times(std::log(3.0)), &mask),
            IntTensor({2, 2}, {128, 128, 0, 255}));
}

}  // namespace
}  // namespace systole
