#include "model/ops/requantise/score_softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systole {
namespace {

const auto kLogThree = static_cast<float>(std::log(3.0));

/// Both arithmetics of one op.
std::vector<ScoreSoftmax> both(ScoreSoftmax op) {
  std::vector<ScoreSoftmax> ops = {op, op};
  ops[1].is_double = true;
  return ops;
}

TEST(ScoreSoftmax, SharesTwoHundredAndFiftyFiveSteps) {
  // 255 / 2 = 127.5 goes to even; shares of 1/4 and 3/4 are 63.75 and 191.25.
  for (const ScoreSoftmax& op : both({.scale = {kLogThree}, .bias = {0}})) {
    EXPECT_EQ(score_softmax(IntTensor({1, 2, 2}, {5, 5, 0, 1}), op),
              IntTensor({1, 2, 2}, {128, 128, 64, 191}));
    EXPECT_EQ(score_softmax(IntTensor({1, 1, 1}, {-9}), op)[0], 255);
  }
}

TEST(ScoreSoftmax, TakesAnotherFactor) {
  for (const ScoreSoftmax& op : both({.scale = {kLogThree}, .bias = {0}, .factor = 256}))
    EXPECT_EQ(score_softmax(IntTensor({1, 1, 2}, {0, 1}), op), IntTensor({1, 1, 2}, {64, 192}));
}

TEST(ScoreSoftmax, ShiftsAfterTheBias) {
  // (4 + 4) / 2^3 and (0 + 8) / 2^3 are equal.
  for (const ScoreSoftmax& op : both({.scale = {1}, .bias = {4, 8}, .shift = 3}))
    EXPECT_EQ(score_softmax(IntTensor({1, 1, 2}, {4, 0}), op), IntTensor({1, 1, 2}, {128, 128}));
}

TEST(ScoreSoftmax, TakesScalesPerPositionOfEveryMatrix) {
  // [n 1, heads 2, q 2, k 2]: in every head the last score alone is log 3 ahead.
  for (const ScoreSoftmax& op : both({.scale = {1, 1, 1, kLogThree}, .bias = {0, 0, -1, 0}}))
    EXPECT_EQ(score_softmax(IntTensor({1, 2, 2, 2}, 1), op),
              IntTensor({1, 2, 2, 2}, {128, 128, 64, 191, 128, 128, 64, 191}));
}

TEST(ScoreSoftmax, AddsARelativeBiasPerHeadAndAMaskPerWindow) {
  // [n 2, windows 2, heads 2, q 1, k 2].
  const ScoreSoftmax op{.scale = {1},
                        .bias = {0},
                        .is_double = true,
                        .relative_bias = {{2, 1, 2}, {0, 0, 0, kLogThree}},
                        .window_mask = {{2, 1, 1, 2}, {0, 0, -100, 0}}};
  for (const ScoreSoftmax& each : both(op)) {
    const IntTensor y = score_softmax(IntTensor({2, 2, 2, 1, 2}, 0), each);
    const std::vector<std::int32_t> item = {128, 128, 64, 191, 0, 255, 0, 255};
    for (std::int64_t i = 0; i < 16; ++i) EXPECT_EQ(y[i], item[static_cast<std::size_t>(i % 8)]);
  }
}

TEST(ScoreSoftmax, GivesNothingToMaskedKeysOfTheItem) {
  const IntTensor mask({2, 3}, {1, 0, 1, 0, 1, 0});
  for (const ScoreSoftmax& op : both({.scale = {1}, .bias = {0}}))
    EXPECT_EQ(score_softmax(IntTensor({2, 1, 1, 3}, {1, 900, 1, 900, 1, 900}), op, &mask),
              IntTensor({2, 1, 1, 3}, {128, 0, 128, 0, 255, 0}));
}

TEST(ScoreSoftmax, SharesARowWithoutKeysAsItsArithmeticDoes) {
  // The lowest float32 swallows the scores, also in float64 (its ulp there is 2^75).
  const IntTensor mask({1, 2}, {0, 0});
  for (const ScoreSoftmax& op : both({.scale = {1}, .bias = {0}}))
    EXPECT_EQ(score_softmax(IntTensor({1, 1, 2}, {0, 1000}), op, &mask),
              IntTensor({1, 1, 2}, {128, 128}));
}

TEST(ScoreSoftmax, RoundsEachStepInItsArithmetic) {
  // 2^24 + 1 is no float32: there the bias is lost, and in float64 it is worth log 3.
  const ScoreSoftmax op{.scale = {1}, .bias = {0, kLogThree - 1}};
  const IntTensor sums({1, 1, 2}, {1 << 24, (1 << 24) + 1});
  EXPECT_EQ(score_softmax(sums, both(op)[0]), IntTensor({1, 1, 2}, {128, 128}));
  EXPECT_EQ(score_softmax(sums, both(op)[1]), IntTensor({1, 1, 2}, {64, 191}));
}

TEST(ScoreSoftmax, GivesNothingWhereAScoreIsNoNumber) {
  const float endless = std::numeric_limits<float>::infinity();
  for (const ScoreSoftmax& op : both({.scale = {endless}, .bias = {0}}))
    EXPECT_EQ(score_softmax(IntTensor({1, 1, 2}, {1, 2}), op), IntTensor({1, 1, 2}, {0, 0}));
}

}  // namespace
}  // namespace systole
