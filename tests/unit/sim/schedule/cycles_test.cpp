// cycles_test.cpp: the cycle model, by hand; tests/cosim/cycles_test.cpp holds it against the core.
#include "sim/schedule/cycles.h"

#include <gtest/gtest.h>

#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

constexpr std::int64_t kFillDrain4x4 = 2 + 4 + 4 + 8;  // Of an array row; a stream's: 2 + 4 + 7.

Cycles predict(const Job& job, const Shape& x, const Geometry& geometry) {
  const Layout layout = make_layout(job, x, geometry, whole(job, x));
  return predict(layout, make_schedule(layout));
}

Cycles predict_linear(std::int64_t m, std::int64_t k, std::int64_t n, const Geometry& geometry) {
  const IntNode product{"fc", {"x"}, IntMatmul{IntTensor({k, n}, 1)}, {}};
  return predict({&product, nullptr}, {m, k}, geometry);
}

TEST(Cycles, OfOneFullTileAreWeightsRowsAndDrain) {
  const Cycles cycles = predict_linear(10, 4, 4, {4, 4, 64, 32});
  EXPECT_EQ(cycles.total, 3 + 10 + kFillDrain4x4);
  EXPECT_EQ(cycles.useful, 10 * 16);
  EXPECT_EQ(cycles.weight_load, 3 * 16);
  EXPECT_EQ(cycles.fill_drain, kFillDrain4x4 * 16);
  EXPECT_EQ(cycles.parameter_load + cycles.ragged + cycles.block_diagonal, 0);
}

TEST(Cycles, CountColumnsAndRowsThatARaggedTileLacks) {
  const Cycles cycles = predict_linear(10, 5, 7, {4, 4, 64, 32});  // K 4 + 1, N 4 + 3.
  EXPECT_EQ(cycles.total, 3 + 4 * 10 + kFillDrain4x4);
  EXPECT_EQ(cycles.useful, 10 * 5 * 7);
  EXPECT_EQ(cycles.ragged, 10 * (4 * 16 - 5 * 7));
}

TEST(Cycles, WaitForWeightsWhereAPassHasFewerRowsThanTheArray) {
  const Cycles cycles = predict_linear(1, 12, 4, {4, 4, 64, 32});  // Weights, then 4 + 4 + 1.
  EXPECT_EQ(cycles.total, 3 + 4 + 4 + 1 + kFillDrain4x4);
  EXPECT_EQ(cycles.useful, 12 * 4);
  EXPECT_EQ(cycles.weight_load, (3 + 3 + 3) * 16);
}

TEST(Cycles, WaitForParametersOfAWideArrayWithFewRows) {
  const Cycles cycles = predict_linear(2, 4, 24, {4, 8, 64, 32});  // 3 column tiles.
  EXPECT_EQ(cycles.total, 8 + 8 + 8 + 2 + 1 + 4 + 8 + 8);
  EXPECT_EQ(cycles.weight_load, (3 + 2 + 2) * 32);
  EXPECT_EQ(cycles.parameter_load, (4 + 4 + 4) * 32);
}

TEST(Cycles, CountZerosBetweenTheGroupsOfAPack) {
  const IntNode product{"dw", {"x"}, IntConv2d{{{{1, 1}}, 4}, IntTensor({1, 1, 1, 4}, 1)}, {}};
  const Cycles cycles = predict({&product, nullptr}, {1, 5, 1, 4}, {4, 4, 64, 32});
  EXPECT_EQ(cycles.useful, 5 * 4);
  EXPECT_EQ(cycles.block_diagonal, 5 * 12);
}

TEST(Cycles, OfAStreamAreParametersRowsPerTapAndLanes) {
  const IntNode pool{"max", {"x"}, IntMaxPool{{{2, 2}, {2, 2}}}, {}};
  const Cycles cycles = predict({&pool, nullptr}, {1, 6, 6, 3}, {4, 4, 64, 32});  // 9 rows.
  EXPECT_EQ(cycles.total, 2 + 9 * 4 + 4 + 7);
  EXPECT_EQ(cycles.useful, 9 * 4 * 3 * 4);
  EXPECT_EQ(cycles.ragged, 9 * 4 * 1 * 4);
}

// 18 rows by 16 are 9 + 9, not 16 + 2: the 2 would wait for each of their 2 weight tiles.
TEST(Cycles, AreSavedByChunksOfEqualRows) {
  const Cycles cycles = predict_linear(18, 8, 4, {4, 4, 16, 32});
  EXPECT_EQ(cycles.total, 3 + 2 * 18 + kFillDrain4x4);
}

TEST(Cycles, OfARoundedTableRowAddUpToTheTotal) {
  Cycles cycles;
  cycles.total = 5;  // Of a 2x2 array: 20 PE cycles.
  cycles.useful = 5;
  cycles.ragged = 6;
  cycles.weight_load = 5;
  cycles.fill_drain = 4;
  EXPECT_EQ(cycles.by_cause({2, 2, 16, 32}), (std::array<std::int64_t, 6>{1, 2, 0, 1, 0, 1}));
}

TEST(Cycles, HaveACauseEachOnAnyJob) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto job = random_job(random);
    const auto draw = [&](unsigned range) { return 2 + static_cast<unsigned>(random()) % range; };
    const Geometry geometry = {draw(8), draw(8), draw(40), 32};
    const Cycles cycles = predict(job->job(), job->x.shape, geometry);
    EXPECT_EQ(cycles.causes(), cycles.total * geometry.rows * geometry.cols)
        << job->text << ", seed " << seed;
    for (const std::int64_t cause :
         {cycles.ragged, cycles.block_diagonal, cycles.weight_load, cycles.parameter_load})
      EXPECT_GE(cause, 0) << job->text << ", seed " << seed;
    EXPECT_GT(cycles.useful, 0) << job->text << ", seed " << seed;
    EXPECT_GT(cycles.fill_drain, 0) << job->text << ", seed " << seed;
  }
}

}  // namespace
}  // namespace systole
