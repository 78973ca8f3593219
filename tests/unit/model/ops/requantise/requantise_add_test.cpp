// requantise_add_test.cpp: sums of two codes.
#include "model/ops/requantise/requantise_add.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

std::int32_t apply(std::int32_t a, std::int32_t b, const RequantiseAdd& op) {
  return requantise_add(IntTensor({1}, a), IntTensor({1}, b), op)[0];
}

/// Scales 0.25 and 0.125 to `output` as TFLite does it: twice the larger is the common unit.
RequantiseAdd quarter_and_eighth(double output) {
  return {.rule = GemmlowpAdd{quantized_multiplier(0.5), quantized_multiplier(0.25),
                              quantized_multiplier(0.5 / ((1 << 20) * output))},
          .clamp = {-128, 127}};
}

TEST(RequantiseAdd, SumsTheRealsOfTwoCodes) {
  const RequantiseAdd op = quarter_and_eighth(0.125);
  EXPECT_EQ(apply(3, 5, op), 11);  // 0.75 + 0.625
  EXPECT_EQ(apply(-3, 5, op), -1);
  EXPECT_EQ(apply(0, 0, op), 0);
}

TEST(RequantiseAdd, RoundsTiesAwayFromZero) {
  const RequantiseAdd op = quarter_and_eighth(0.25);
  EXPECT_EQ(apply(0, 1, op), 1);  // 0.5
  EXPECT_EQ(apply(0, -1, op), -1);
  EXPECT_EQ(apply(1, 1, op), 2);
  EXPECT_EQ(apply(-1, -1, op), -2);
  EXPECT_EQ(apply(1, -1, op), 1);
}

TEST(RequantiseAdd, TakesOffBothZeroPointsAndAddsItsOwn) {
  RequantiseAdd op = quarter_and_eighth(0.125);
  op.zero_point_a = 10;
  op.zero_point_b = -20;
  op.zero_point = 7;
  EXPECT_EQ(apply(10, -20, op), 7);
  EXPECT_EQ(apply(11, -20, op), 9);
  EXPECT_EQ(apply(10, -19, op), 8);
}

TEST(RequantiseAdd, SubtractsTheSecond) {
  RequantiseAdd op = quarter_and_eighth(0.125);
  op.subtract = true;
  EXPECT_EQ(apply(3, 5, op), 1);
  EXPECT_EQ(apply(0, 5, op), -5);
  op.rule = FixedAdd{4, 2, 1};
  EXPECT_EQ(apply(3, 5, op), 1);
}

TEST(RequantiseAdd, ClampsAtBothEnds) {
  RequantiseAdd op = quarter_and_eighth(0.125);
  EXPECT_EQ(apply(127, 127, op), 127);
  EXPECT_EQ(apply(-128, -128, op), -128);
  op.clamp = {-1, 10};
  EXPECT_EQ(apply(3, 5, op), 10);
  EXPECT_EQ(apply(0, -2, op), -1);
  op.rule = FixedAdd{2, 2, 1};
  EXPECT_EQ(apply(9, 9, op), 10);
}

TEST(RequantiseAdd, HoldsTheWidestCodesLessTheirZeroPoints) {
  RequantiseAdd op = quarter_and_eighth(8);
  op.zero_point_a = op.zero_point_b = 255;
  EXPECT_EQ(apply(0, 0, op), -12);  // -255 * 0.375 / 8 = -11.95
  op.zero_point_a = op.zero_point_b = -1023;
  op.rule = GemmlowpAdd{quantized_multiplier(0.5), quantized_multiplier(0.5),
                        quantized_multiplier(0x1p-25)};
  EXPECT_EQ(apply(1024, 1024, op), 64);  // 2047 / 32
}

TEST(RequantiseAdd, RoundsTiesUpInXnnpacksRule) {
  const RequantiseAdd op{.rule = FixedAdd{1, 1, 1}, .clamp = {-128, 127}};
  EXPECT_EQ(apply(1, 0, op), 1);   //  0.5
  EXPECT_EQ(apply(-1, 0, op), 0);  // -0.5
  EXPECT_EQ(apply(-3, 0, op), -1);
  EXPECT_EQ(apply(-4, 0, op), -2);
}

TEST(RequantiseAdd, ShiftsBySixtyTwo) {
  const RequantiseAdd op{.rule = FixedAdd{1 << 30, 1 << 30, 62}, .clamp = {-128, 127}};
  EXPECT_EQ(apply(1 << 30, 1 << 30, op), 1);  // 2^61 / 2^62 is a tie.
  EXPECT_EQ(apply(1 << 30, (1 << 30) - 1, op), 0);
  EXPECT_EQ(apply(-(1 << 30), -(1 << 30), op), 0);
  EXPECT_EQ(apply(-(1 << 30), -(1 << 30) - 1, op), -1);
}

TEST(RequantiseAdd, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 36;
  Random random(kSeed);
  for (int i = 0; i < 20'000; ++i) {
    RequantiseAdd op{.clamp = {-128, 127}};
    const FixedAdd rule{static_cast<std::int32_t>(random.integer(0, 1 << 21)),
                        static_cast<std::int32_t>(random.integer(0, 1 << 21)),
                        static_cast<int>(random.integer(13, 30))};
    op.rule = rule;
    op.zero_point_a = static_cast<std::int32_t>(random.integer(-128, 127));
    op.zero_point_b = static_cast<std::int32_t>(random.integer(-128, 127));
    op.zero_point = static_cast<std::int32_t>(random.integer(-128, 127));
    op.subtract = random.integer(0, 1) == 1;
    const auto a = static_cast<std::int32_t>(random.integer(-128, 127));
    const auto b = static_cast<std::int32_t>(random.integer(-128, 127));
    const Wide sum = Wide{a - op.zero_point_a} * rule.a_factor +
                     (op.subtract ? -1 : 1) * Wide{b - op.zero_point_b} * rule.b_factor;
    const Wide code = nearest({sum, power_of_two(rule.shift)}, Tie::kUp) + op.zero_point;
    ASSERT_EQ(apply(a, b, op), static_cast<std::int32_t>(limited(code, -128, 127)))
        << "number " << i << ", seed " << kSeed;
  }
}

TEST(RequantiseAdd, TakesEveryElement) {
  const IntTensor a({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  const IntTensor b({2, 2}, std::vector<std::int32_t>{8, 6, 4, 2});
  const RequantiseAdd op{.rule = FixedAdd{2, 2, 1}, .clamp = {-128, 127}};
  EXPECT_EQ(requantise_add(a, b, op), IntTensor({2, 2}, std::vector<std::int32_t>{9, 8, 7, 6}));
}

TEST(RequantiseAdd, DoubleAddsRealsAndRoundsHalfToEven) {
  RequantiseAdd op{.rule = DoubleAdd{.a_scale = 0.5, .b_scale = 0.25, .scale = 0.5},
                   .zero_point_a = 10,
                   .zero_point_b = -2,
                   .zero_point = 3,
                   .clamp = {0, 255}};
  // (2 * 0.5 + 3 * 0.25) / 0.5 = 3.5, to 4, and 3 more; (2 * 0.5 + 1 * 0.25) / 0.5 = 2.5, to 2.
  EXPECT_EQ(requantise_add(IntTensor({1, 2}, {12, 12}), IntTensor({1, 2}, {1, -1}), op),
            IntTensor({1, 2}, {7, 5}));
  op.subtract = true;  // 0.5 to 0, and 1.5 to 2.
  EXPECT_EQ(requantise_add(IntTensor({1, 2}, {12, 12}), IntTensor({1, 2}, {1, -1}), op),
            IntTensor({1, 2}, {3, 5}));
}

}  // namespace
}  // namespace systole
