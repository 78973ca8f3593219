// fetches_test.cpp: activations sent, by hand and by counting beats.
#include "sim/schedule/fetches.h"

#include <gtest/gtest.h>

#include "sim/schedule/operands.h"
#include "sim/schedule/schedule.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

Fetches fetches(const IntNode& node, const Shape& x, const Geometry& geometry) {
  const Job job = {&node, nullptr};
  return count_fetches(make_layout(job, x, geometry, whole(job, x)));
}

TEST(Fetches, OfAMatrixAreOnePerColumnTile) {
  const IntNode node{"fc", {"x"}, IntMatmul{IntTensor({5, 9}, 1)}, {}};
  const Fetches got = fetches(node, {3, 5}, {4, 4, 16, 32});
  EXPECT_EQ(got.used, 15);
  EXPECT_EQ(got.sent, 15 * 3);
  EXPECT_EQ(got.again(), 2.0);
}

// Under 3x3 with padding 1, a line of 4 pixels is seen by 2 + 3 + 3 + 2 taps.
TEST(Fetches, LeaveOutPadding) {
  const IntNode node{
      "conv",
      {"x"},
      IntConv2d{{{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}}, IntTensor({3, 3, 2, 4}, 1)},
      {}};
  const Fetches got = fetches(node, {1, 4, 4, 2}, {4, 4, 16, 32});
  EXPECT_EQ(got.used, 4 * 4 * 2);
  EXPECT_EQ(got.sent, 10 * 10 * 2);
}

TEST(Fetches, LeaveOutPixelsThatAStrideSkips) {
  const IntNode node{"conv", {"x"}, IntConv2d{{{{1, 1}, {2, 2}}}, IntTensor({1, 1, 3, 4}, 1)}, {}};
  const Fetches got = fetches(node, {1, 5, 4, 3}, {4, 4, 16, 32});
  EXPECT_EQ(got.used, 3 * 2 * 3);
  EXPECT_EQ(got.again(), 0.0);
}

// Each element is its own number and padding is 0: what the matrices hold is what is sent.
TEST(Fetches, AgreeWithTheElementsInTheBeats) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto job = random_job(random);
    if (auto* conv = std::get_if<IntConv2d>(&job->product.op)) conv->params.pad_value = 0;
    if (std::holds_alternative<IntSumPool>(job->product.op) ||
        std::holds_alternative<IntMaxPool>(job->product.op))
      continue;  // Their padding and zero point would be counted.
    const Geometry geometry = {5, 3, 7, 32};
    for (std::int64_t i = 0; i < job->x.size(); ++i) job->x[i] = 1 + static_cast<int>(i % 30000);
    const Operands operands = make_operands(job->job(), job->inputs(), geometry);
    std::int64_t sent = 0;
    for (const Pass& pass : make_schedule(operands.layout).passes) {
      const std::int64_t width = operands.layout.tile_width();
      const std::int64_t tile = (operands.layout.stream ? pass.n0 : pass.k0) / width;
      const auto& x = operands.packs[pass.pack].x;
      const std::int64_t begin = (tile * operands.layout.region.rows + pass.m0) * width;
      for (std::int64_t i = begin; i < begin + pass.command.rows * width; ++i)
        sent += x[static_cast<std::size_t>(i)] != 0;
    }
    EXPECT_EQ(count_fetches(operands.layout).sent, sent) << job->text << ", seed " << seed;
  }
}

}  // namespace
}  // namespace systole
