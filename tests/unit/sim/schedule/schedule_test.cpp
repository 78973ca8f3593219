// schedule_test.cpp: beats of every kind of job, played on a functional core, give the op's result.
#include "sim/schedule/schedule.h"

#include <gtest/gtest.h>

#include "model/ops/int_matmul.h"
#include "model/ops/max_pool.h"
#include "model/ops/sum_pool.h"
#include "tests/fixtures/draw.h"
#include "tests/unit/sim/schedule/play.h"

namespace systole {
namespace {

MulQuant random_quant(Draw& draw, std::int64_t channels) {
  const IntTensor scales = draw.codes({channels, 2}, 60001, -30000);
  const IntTensor biases = draw.codes({channels}, 200001, -100000);
  MulQuant quant;
  for (std::size_t c = 0; c < biases.data.size(); ++c)
    quant.channels.push_back({scales.data[2 * c], biases.data[c], 17, scales.data[2 * c + 1], 3});
  quant.clamp = {-128, 127};
  quant.zero_point = 5;
  return quant;
}

struct Case {
  Geometry geometry;
  std::int64_t groups;
  std::int64_t channels_per_group, outputs_per_group;
  std::int64_t kernel, stride, padding, dilation;
};

class ScheduledConvolution : public testing::TestWithParam<Case> {};

TEST_P(ScheduledConvolution, GivesTheOpsAccumulatorsAndCodes) {
  const Case& c = GetParam();
  constexpr unsigned kSeed = 11;
  Draw draw(kSeed);
  Conv2dParams params;
  params.window = {{c.kernel, c.kernel},
                   {c.stride, c.stride},
                   {c.dilation, c.dilation},
                   {c.padding, c.padding, c.padding, c.padding}};
  params.groups = c.groups;
  params.pad_value = -3;
  const IntTensor x = draw.codes({2, 6, 5, c.groups * c.channels_per_group}, 384, -128);
  const IntTensor w = draw.codes(
      {c.kernel, c.kernel, c.channels_per_group, c.groups * c.outputs_per_group}, 256, -128);
  const IntTensor acc = int_conv2d(x, w, params);
  const IntTensor residual = draw.codes(acc.shape, 65536, -32768);
  const MulQuant quant = random_quant(draw, acc.channels());

  const IntNode product{"conv", {"x"}, IntConv2d{params, w}, {}};
  const IntNode rescale{"conv.quant", {"conv", "r"}, quant, {}};
  const Played played = play({&product, &rescale}, {x, &residual}, c.geometry);

  EXPECT_EQ(played.accumulators.data, acc.data) << "seed " << kSeed;
  EXPECT_EQ(played.output.data, mul_quant(acc, &residual, quant).data) << "seed " << kSeed;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ScheduledConvolution,
    testing::Values(Case{{4, 4, 1024, 32}, 1, 3, 7, 3, 1, 1, 1},    // Ragged in K and N.
                    Case{{4, 4, 5, 32}, 1, 3, 7, 3, 1, 1, 1},       // Many chunks of rows.
                    Case{{16, 16, 7, 32}, 1, 3, 4, 1, 1, 0, 1},     // One K tile: weights stay.
                    Case{{8, 3, 1024, 32}, 1, 5, 6, 2, 2, 0, 1},    // Not square, strided.
                    Case{{3, 8, 9, 32}, 1, 2, 9, 2, 1, 2, 2},       // Not square, dilated.
                    Case{{4, 4, 1024, 32}, 6, 1, 1, 3, 1, 1, 1},    // Depthwise, two packs.
                    Case{{4, 4, 1024, 32}, 3, 2, 2, 3, 1, 1, 1},    // Two groups side by side.
                    Case{{4, 4, 1024, 32}, 2, 3, 5, 1, 1, 0, 1}));  // A group wider than the array.

TEST(Schedule, KeepsWeightsWhereOneTileServesAllRows) {
  const IntTensor x({10, 4}, 1), w({4, 4}, 1);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Geometry geometry = {4, 4, 4, 32};
  const Operands operands = make_operands({&product, nullptr}, {x}, geometry);
  const Schedule schedule = make_schedule(operands.layout);
  ASSERT_EQ(schedule.passes.size(), 3U);
  EXPECT_TRUE(schedule.passes[0].command.new_weights);
  EXPECT_FALSE(schedule.passes[1].command.new_weights);
  EXPECT_EQ(schedule.passes[2].command.rows, 4);  // 10 rows as 3 + 3 + 4.
  EXPECT_FALSE(schedule.passes[2].command.new_params);
}

TEST(Schedule, StreamsAnAddThroughTheLanesInPassesOfAtMostAccDepthRows) {
  Draw draw(5);
  const IntTensor a = draw.codes({1, 3, 3, 6}, 65536, -32768);
  const IntTensor b = draw.codes(a.shape, 256, -128);
  const MulQuant quant = random_quant(draw, 6);
  const IntNode add{"add", {"a", "b"}, IntAdd{quant}, {}};
  const Played played = play({nullptr, &add}, {a, &b}, {8, 4, 4, 32});
  EXPECT_EQ(played.output.data, mul_quant(a, &b, quant).data);
  EXPECT_EQ(played.schedule.passes.size(), 6U);  // Rows 3 + 3 + 3, columns 4 + 2.
  EXPECT_EQ(played.schedule.tap_beats, played.schedule.output_beats);
}

TEST(Schedule, SumsAPoolAsADepthwiseProductWhereThereAreNoLanes) {
  Draw draw(6);
  const IntTensor x = draw.codes({2, 4, 4, 5}, 256, 0);
  const IntNode pool{"pool", {"x"}, IntSumPool{{{4, 4}, {1, 1}, {1, 1}, {0, 0, 0, 0}}, 7}, {}};
  Geometry geometry = {4, 4, 16, 32};
  geometry.has_lanes = 0;
  const Played played = play({&pool, nullptr}, {x}, geometry);
  EXPECT_FALSE(played.operands.layout.stream);
  EXPECT_EQ(played.accumulators.data, sum_pool(x, {{4, 4}}, 7).data);
}

TEST(Schedule, SumsAPoolOf16BitCodesPastTheArrayAPassPerTap) {
  Draw draw(7);
  const Window window = {{3, 2}, {2, 1}, {1, 1}, {1, 0, 1, 1}};
  const IntTensor x = draw.codes({2, 5, 4, 6}, 65529, -32761);
  const MulQuant quant = random_quant(draw, 6);
  const IntNode pool{"pool", {"x"}, IntSumPool{window, 7}, {}};
  const IntNode rescale{"pool.quant", {"pool", "r"}, quant, {}};
  const IntTensor sums = sum_pool(x, window, 7);
  const IntTensor residual = draw.codes(sums.shape, 201, -100);
  const Played played = play({&pool, &rescale}, {x, &residual}, {4, 4, 9, 32});
  EXPECT_EQ(played.accumulators.data, sums.data);
  EXPECT_EQ(played.output.data, mul_quant(sums, &residual, quant).data);
  EXPECT_EQ(played.schedule.passes.size(), 6U * 2 * 3);  // Taps, columns 4 + 2, 24 rows by 9.
}

TEST(Schedule, TakesTheLargestUnderAWindowWithPaddingNeverWinning) {
  Draw draw(8);
  const Window window = {{3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}};
  const IntTensor x = draw.codes({2, 5, 6, 7}, 769, -32768);
  const IntNode pool{"pool", {"x"}, IntMaxPool{window}, {}};
  const Played played = play({&pool, nullptr}, {x}, {4, 4, 16, 32});
  EXPECT_EQ(played.accumulators.data, max_pool(x, window).data);
}

TEST(Locate, NamesTileRowAndColumnOfAnElement) {
  const IntTensor x({6, 4}, 1), w({4, 6}, 1);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Geometry geometry = {4, 4, 4, 32};
  const Operands operands = make_operands({&product, nullptr}, {x}, geometry);
  const Schedule schedule = make_schedule(operands.layout);
  const Place place =
      locate(5 * 6 + 5, operands.layout, schedule);  // Row 5, channel 5: the last tile.
  EXPECT_EQ(place.tile, 3U);
  EXPECT_EQ(place.row, 2);  // 6 rows as 3 + 3.
  EXPECT_EQ(place.column, 1);
}

TEST(BeatSource, GivesZeroParametersToColumnsThatARaggedTileLacks) {
  const IntTensor x({1, 2}, 1), w({2, 3}, 1);
  MulQuant quant{.channels = {{7, 7, 7, 7, 7}, {7, 7, 7, 7, 7}, {7, 7, 7, 7, 7}}, .clamp = {-1, 1}};
  quant.channels.resize(4, {9, 9, 9, 9, 9});  // Of no column: must not show.
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const IntNode rescale{"fc.quant", {"fc"}, quant, {}};
  const Geometry geometry = {2, 4, 4, 32};
  const Operands operands = make_operands({&product, &rescale}, {x}, geometry);
  std::vector<int> shifts;
  for_each_beat(kParameter, operands, make_schedule(operands.layout),
                [&](auto& b) { shifts.push_back(beat_of<ParameterBeat>(b)[0].shift); });
  EXPECT_EQ(shifts, (std::vector<int>{7, 7, 7, 0}));
}

// What lies behind an empty span belongs to someone else.
TEST(BeatSink, OnlyCountsWhereThereIsNoTensor) {
  const IntTensor x({1, 2}, 1), w({2, 2}, 1);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Operands operands = make_operands({&product, nullptr}, {x}, {2, 2, 4, 32});
  const Schedule schedule = make_schedule(operands.layout);
  std::vector<std::int32_t> memory(4, 7);
  BeatSink sink(kTap, operands.layout, schedule, std::span(memory).first(0));
  const std::int32_t beat[2] = {3, 4};
  sink.take(reinterpret_cast<const std::uint8_t*>(beat));
  EXPECT_EQ(sink.taken(), 1U);
  EXPECT_EQ(memory, std::vector<std::int32_t>(4, 7));
}

TEST(BeatSink, CountsBeatsPastTheExpectedOnesButDropsThem) {
  const IntTensor x({1, 2}, 1), w({2, 2}, 1);
  const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
  const Geometry geometry = {2, 2, 4, 32};
  const Operands operands = make_operands({&product, nullptr}, {x}, geometry);
  const Schedule schedule = make_schedule(operands.layout);
  IntTensor tensor({1, 2});
  BeatSink sink(kTap, operands.layout, schedule, tensor.data);
  const std::int32_t first[2] = {3, 4}, second[2] = {9, 9};
  sink.take(reinterpret_cast<const std::uint8_t*>(first));
  sink.take(reinterpret_cast<const std::uint8_t*>(second));
  EXPECT_EQ(tensor.data, (std::vector<std::int32_t>{3, 4}));
  EXPECT_EQ(sink.taken(), 2U);
}

}  // namespace
}  // namespace systole
