// lane_changes_test.cpp: changed equations are recognised, and what cannot be told apart is said.
#include "sim/check/lane_changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/fixtures/draw.h"

namespace systole {
namespace {

constexpr std::uint32_t kSeed = 23;
constexpr std::int64_t kChannels = 8;

MulQuant equation() {
  MulQuant op;
  op.channels = {
      {.scale = 70'011,
       .bias = 5'000'000'123,
       .shift = 21,
       .residual_scale = 3'001,
       .residual_shift = 3},
      {.scale = -40'123, .bias = -777, .shift = 19, .residual_scale = -2'500, .residual_shift = 5},
      {.scale = 12'345,
       .bias = 12'345'678,
       .shift = 18,
       .residual_scale = 9'000,
       .residual_shift = 2},
      {.scale = 99'999,
       .bias = -1'000'001,
       .shift = 22,
       .residual_scale = 1'111,
       .residual_shift = 4}};
  for (std::size_t c = 0; c < 4; ++c) op.channels.push_back(op.channels[c]);
  op.rounding = Rounding::kHalfEven;
  op.zero_point = 9;
  op.clamp = {-128, 255};
  return op;
}

/// What a design whose lanes compute `faulty` gives for random sums; in rows where `is_bad` only.
std::vector<LaneSample> samples_of(
    const MulQuant& faulty,
    const std::function<bool(std::int64_t row)>& is_bad = [](auto) { return true; }) {
  const MulQuant op = equation();
  Draw draw(kSeed);
  constexpr std::int64_t kRows = 2000;
  const IntTensor acc = draw.codes({kRows, kChannels}, 20'001, -10'000);
  const IntTensor residual = draw.codes({kRows, kChannels}, 511, -255);
  std::vector<LaneSample> samples;
  for (std::int64_t i = 0; i < acc.size(); ++i) {
    const std::int64_t c = i % kChannels;
    const std::int32_t expected = mul_quant(acc[i], residual[i], op.channel(c), op);
    samples.push_back({acc[i], residual[i], c, expected,
                       is_bad(i / kChannels)
                           ? mul_quant(acc[i], residual[i], faulty.channel(c), faulty)
                           : expected});
  }
  return samples;
}

std::vector<std::string> kinds_of(const std::vector<LaneChange>& changes) {
  std::vector<std::string> kinds;
  for (const LaneChange& change : changes) kinds.push_back(change.stage + ": " + change.kind);
  return kinds;
}

std::vector<std::string> kinds_for(const std::function<void(MulQuant&)>& plant) {
  MulQuant faulty = equation();
  plant(faulty);
  return kinds_of(find_lane_changes(samples_of(faulty), equation()));
}

using Kinds = std::vector<std::string>;

// 2 tokens of 4 channels: the lane of the channel after is one of the same token.
TEST(LaneChanges, TakeEachTokensOwnConstants) {
  MulQuant op = equation();
  op.tokens = 2;
  for (std::size_t c = 0; c < 4; ++c)
    op.channels[4 + c].bias += std::int64_t{20} << op.channels[c].shift;
  std::vector<LaneSample> samples;
  for (std::int64_t row = 0; row < 50; ++row)
    for (std::int64_t c = 0; c < 4; ++c) {
      const auto acc = static_cast<std::int32_t>(40 * row - 100 * c);
      const auto with_scale_of = [&](std::int64_t other) {
        MulQuantChannel channel = op.channel(row, c);
        channel.scale = op.channel(row, other).scale;
        return mul_quant(acc, 5, channel, op);
      };
      const std::int32_t expected = mul_quant(acc, 5, op.channel(row, c), op);
      const std::int32_t got = with_scale_of(std::min<std::int64_t>(c + 1, 3));
      samples.push_back({acc, 5, c, expected, got, row});
    }
  EXPECT_EQ(kinds_of(find_lane_changes(samples, op)),
            Kinds{"multiply: the scale of the channel after"});
}

TEST(LaneChanges, AreNoneWhereNothingDiffers) {
  EXPECT_TRUE(find_lane_changes(samples_of(equation()), equation()).empty()) << "seed " << kSeed;
  EXPECT_TRUE(find_lane_changes({}, equation()).empty());
}

TEST(LaneChanges, AreRecognisedInEveryStage) {
  EXPECT_EQ(kinds_for([](MulQuant& op) {
              for (MulQuantChannel& channel : op.channels)
                channel.scale = static_cast<std::int16_t>(channel.scale);
            }),
            Kinds{"multiply: the scale cut to 16 bits"});
  EXPECT_EQ(kinds_for([](MulQuant& op) {
              for (MulQuantChannel& channel : op.channels)
                channel.bias = static_cast<std::int32_t>(channel.bias);
            }),
            Kinds{"bias: the bias cut to 32 bits"});
  EXPECT_EQ(kinds_for([](MulQuant& op) {
              for (MulQuantChannel& channel : op.channels) channel.residual_shift = 0;
            }),
            Kinds{"residual: the residual not shifted"});
  EXPECT_EQ(kinds_for([](MulQuant& op) { op.rounding = Rounding::kFloor; }),
            Kinds{"round: rounded down"});
  EXPECT_EQ(kinds_for([](MulQuant& op) { op.zero_point = -op.zero_point; }),
            Kinds{"zero_point: the zero point subtracted"});
  EXPECT_EQ(kinds_for([](MulQuant& op) { ++op.clamp.hi; }),
            Kinds{"clamp: the upper bound one too high"});
}

TEST(LaneChanges, OfTheChannelBeforeLeaveTheFirstChannelUnexplained) {
  MulQuant faulty = equation();
  std::ranges::rotate(faulty.channels, faulty.channels.end() - 1);
  for (std::size_t c = 0; c < faulty.channels.size(); ++c) {
    MulQuantChannel own = equation().channels[c];
    own.bias = faulty.channels[c].bias;
    faulty.channels[c] = own;
  }
  const auto changes = find_lane_changes(samples_of(faulty), equation());
  ASSERT_EQ(kinds_of(changes), Kinds{"bias: the bias of the channel before"});
  EXPECT_GT(changes[0].unexplained, 0);
}

TEST(LaneChanges, CountTheRightElementsThatTheyWouldSpoil) {
  MulQuant faulty = equation();
  faulty.rounding = Rounding::kFloor;
  const auto changes =
      find_lane_changes(samples_of(faulty, [](auto row) { return row % 3 != 0; }), equation());
  ASSERT_EQ(kinds_of(changes), Kinds{"round: rounded down"});
  EXPECT_GT(changes[0].contradicted, 0);
}

TEST(LaneChanges, AreNoneThatSpoilMoreThanTheyExplain) {
  MulQuant faulty = equation();
  faulty.rounding = Rounding::kFloor;
  EXPECT_TRUE(
      find_lane_changes(samples_of(faulty, [](auto row) { return row % 4 == 0; }), equation())
          .empty());
}

TEST(LaneChanges, AreNoneForNoise) {
  std::vector<LaneSample> samples = samples_of(equation());
  std::int32_t noise = 1;
  for (LaneSample& sample : samples)
    sample.got = static_cast<std::uint8_t>(noise = noise * 1103515 + 12345);
  EXPECT_TRUE(find_lane_changes(samples, equation()).empty());
}

}  // namespace
}  // namespace systole
