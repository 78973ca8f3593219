// output_stationary_test.cpp: beats for a design whose sums stay in the PEs give the op's sums.
#include <gtest/gtest.h>

#include <cstring>

#include "model/ops/int_matmul.h"
#include "model/ops/sum_pool.h"
#include "sim/schedule/beat_source.h"
#include "sim/schedule/cycles.h"
#include "tests/fixtures/draw.h"

namespace systole {
namespace {

Geometry array(std::uint32_t rows, std::uint32_t cols) {
  return {.rows = rows,
          .cols = cols,
          .acc_depth = rows,
          .act_bits = 16,
          .weight_bits = 16,
          .has_lanes = 0,
          .dataflow = Dataflow::kOutputStationary};
}

/// The beats of a channel, the last element of each telling whether it ends a tile.
std::vector<std::vector<std::int16_t>> beats(Channel channel, const Operands& operands,
                                             const Schedule& schedule) {
  std::vector<std::vector<std::int16_t>> all;
  for (BeatSource source(channel, operands, schedule); !source.ended();) {
    all.emplace_back(beat_bytes(channel, schedule.geometry) / sizeof(std::int16_t));
    source.next(reinterpret_cast<std::uint8_t*>(all.back().data()));
  }
  return all;
}

/// What such a design means, in the plainest C++: both streams side by side, sums out at their
/// common end. Puts the sums into `tensor`.
void play(const Operands& operands, const Schedule& schedule, IntTensor& tensor) {
  const std::uint32_t rows = schedule.geometry.rows, cols = schedule.geometry.cols;
  const auto x = beats(kActivation, operands, schedule);
  const auto w = beats(kWeight, operands, schedule);
  ASSERT_EQ(x.size(), w.size());
  for (const Channel channel : {kCommand, kParameter, kResidual})
    EXPECT_TRUE(beats(channel, operands, schedule).empty()) << kChannelNames[channel];

  BeatSink tap(kTap, operands.layout, schedule, tensor.data);
  std::vector<std::int32_t> sums(rows * cols);
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::uint32_t r = 0; r < rows; ++r)
      for (std::uint32_t c = 0; c < cols; ++c) sums[r * cols + c] += x[k][r] * w[k][c];
    ASSERT_EQ(x[k][rows], w[k][cols]) << "beat " << k;
    if (x[k][rows] == 0) continue;
    for (std::uint32_t r = 0; r < rows; ++r)
      tap.take(reinterpret_cast<const std::uint8_t*>(&sums[r * cols]));
    std::fill(sums.begin(), sums.end(), 0);
  }
  EXPECT_EQ(tap.taken(), schedule.tap_beats);
  EXPECT_EQ(schedule.output_beats, 0U);
}

struct Case {
  Geometry geometry;
  std::int64_t groups, channels_per_group, outputs_per_group;
  std::int64_t kernel, stride, padding;
};

class OutputStationary : public testing::TestWithParam<Case> {
 protected:
  OutputStationary() {
    const Case& c = GetParam();
    Draw draw(kSeed);
    IntConv2d conv;
    conv.params.window = {{c.kernel, c.kernel},
                          {c.stride, c.stride},
                          {1, 1},
                          {c.padding, c.padding, c.padding, c.padding}};
    conv.params.groups = c.groups;
    conv.params.pad_value = -3;
    x_ = draw.codes({2, 5, 5, c.groups * c.channels_per_group}, 65536, -32768);
    conv.weight = draw.codes(
        {c.kernel, c.kernel, c.channels_per_group, c.groups * c.outputs_per_group}, 256, -128);
    acc_ = int_conv2d(x_, conv.weight, conv.params);
    node_ = {"conv", {"x"}, conv, {}};
  }

  static constexpr unsigned kSeed = 3;
  IntTensor x_, acc_;
  IntNode node_;
};

TEST_P(OutputStationary, BeatsGiveTheSumsOfAConvolution) {
  const Operands operands = make_operands({&node_, nullptr}, {x_}, GetParam().geometry);
  IntTensor tensor(acc_.shape);
  play(operands, make_schedule(operands.layout), tensor);
  EXPECT_EQ(tensor.data, acc_.data) << "seed " << kSeed;
}

TEST_P(OutputStationary, RegionsTogetherGiveThemToo) {
  const Job job{&node_, nullptr};
  const Region all = whole(job, x_.shape);
  IntTensor tensor(acc_.shape);
  for (const auto& [m, rows] : {std::pair{std::int64_t{0}, std::int64_t{5}}, {5, all.rows - 5}})
    for (const auto& [channel, channels] :
         {std::pair{std::int64_t{0}, std::int64_t{1}}, {1, all.channels - 1}}) {
      const Operands operands =
          make_operands(job, {x_}, GetParam().geometry, {m, rows, channel, channels});
      play(operands, make_schedule(operands.layout), tensor);
    }
  EXPECT_EQ(tensor.data, acc_.data) << "seed " << kSeed;
}

TEST_P(OutputStationary, CountsEveryUsefulMultiplyOfTheOpOnce) {
  const Layout layout = make_layout({&node_, nullptr}, x_.shape, GetParam().geometry,
                                    whole({&node_, nullptr}, x_.shape));
  const Cycles cycles = predict(layout, make_schedule(layout));
  const Case& c = GetParam();
  EXPECT_EQ(cycles.useful, acc_.size() * c.kernel * c.kernel * c.channels_per_group);
  EXPECT_EQ(cycles.causes(), cycles.total * c.geometry.rows * c.geometry.cols);
  EXPECT_GT(cycles.fill_drain, 0);
  EXPECT_GE(cycles.block_diagonal, 0);
  EXPECT_EQ(cycles.block_diagonal > 0, c.groups > 1 && c.outputs_per_group < c.geometry.cols);
}

INSTANTIATE_TEST_SUITE_P(Shapes, OutputStationary,
                         testing::Values(Case{array(4, 4), 1, 3, 7, 3, 1, 1},  // Ragged in M and N.
                                         Case{array(8, 3), 1, 2, 6, 2, 2, 0},  // Not square.
                                         Case{array(3, 8), 1, 1, 9, 1, 1, 0},  // One beat per tile.
                                         Case{array(4, 4), 6, 1, 1, 3, 1, 1},  // Depthwise.
                                         Case{array(4, 4), 2, 3, 5, 1, 1, 0}));  // Wide groups.

TEST(OutputStationaryPool, IsADepthwiseSumOfCodesLessTheirZeroPoint) {
  Draw draw(7);
  const IntTensor x = draw.codes({1, 4, 4, 5}, 256, -128);
  const IntSumPool pool{.window = {{2, 2}, {2, 2}, {1, 1}, {0, 0, 0, 0}}, .zero_point = 4};
  const IntNode node{"pool", {"x"}, pool, {}};
  const Operands operands = make_operands({&node, nullptr}, {x}, array(4, 4));
  const IntTensor sums = sum_pool(x, pool.window, pool.zero_point);
  IntTensor tensor(sums.shape);
  play(operands, make_schedule(operands.layout), tensor);
  EXPECT_EQ(tensor.data, sums.data);
}

TEST(OutputStationarySchedule, PadsATileOfOneRowAndColumnWithZeros) {
  const IntTensor x({1, 2}, {5, -6}), w({2, 1}, {7, 8});
  const IntNode node{"fc", {"x"}, IntMatmul{w}, {}};
  const Operands operands = make_operands({&node, nullptr}, {x}, array(2, 3));
  const Schedule schedule = make_schedule(operands.layout);
  using Beats = std::vector<std::vector<std::int16_t>>;
  EXPECT_EQ(beats(kActivation, operands, schedule), (Beats{{5, 0, 0}, {-6, 0, 1}}));
  EXPECT_EQ(beats(kWeight, operands, schedule), (Beats{{7, 0, 0, 0}, {8, 0, 0, 1}}));
  EXPECT_EQ(schedule.tap_beats, 2U);
}

TEST(OutputStationarySchedule, LocatesAnElementInItsTile) {
  const IntTensor x({10, 3}, 1), w({3, 9}, 1);
  const IntNode node{"fc", {"x"}, IntMatmul{w}, {}};
  const Job job{&node, nullptr};
  const Layout layout = make_layout(job, x.shape, array(4, 8), whole(job, x.shape));
  const Place place = locate(9 * 9 + 8, layout, make_schedule(layout));
  EXPECT_EQ(place.tile, 5U);  // The third tile of rows in the second one of columns.
  EXPECT_EQ(place.row, 1);
  EXPECT_EQ(place.column, 0);
}

}  // namespace
}  // namespace systole
