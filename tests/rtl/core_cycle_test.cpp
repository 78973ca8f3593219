// core_cycle_test.cpp: pins the cycle model that rtl/README.md states.
#include <gtest/gtest.h>

#include <algorithm>

#include "VCore4x4.h"
#include "VCore4x8.h"
#include "VCore8x4.h"
#include "tests/rtl/core_driver.h"

namespace systole::test {
namespace {

Work passes(const CoreSize& size, int count, int rows, bool new_weights, bool new_params) {
  WorkMaker maker(size, 1);
  Work work;
  for (int i = 0; i < count; ++i) {
    Command c;
    c.rows = rows;
    c.new_weights = new_weights || i == 0;
    c.new_params = new_params || i == 0;
    c.quant.clamp.lo = -128;
    c.quant.clamp.hi = 127;
    maker.add(work, c);
  }
  return work;
}

/// Cycles between the first output rows of two passes in the middle of many.
template <class Model>
std::int64_t spacing(const CoreSize& size, int rows, bool new_weights, bool new_params) {
  CoreDriver<Model> driver(size, 1);
  const Result result = driver.run(passes(size, 40, rows, new_weights, new_params), 0);
  EXPECT_EQ(result.out_cycles.size(), 40U * rows);
  return (result.out_cycles[30 * rows] - result.out_cycles[20 * rows]) / 10;
}

TEST(CoreCycles, PassesFollowEachOtherAtTheRateOfTheirBeats) {
  const CoreSize square{4, 4, 32, 32}, tall{8, 4, 50, 32, 4, 2}, wide{4, 8, 1024, 16};
  for (const int rows : {1, 2, 3, 4, 5, 8, 13}) {
    EXPECT_EQ(spacing<VCore4x4>(square, rows, false, false), rows);
    EXPECT_EQ(spacing<VCore4x4>(square, rows, true, false), std::max(rows, 4));
    EXPECT_EQ(spacing<VCore4x4>(square, rows, true, true), std::max(rows, 4));
    EXPECT_EQ(spacing<VCore8x4>(tall, rows, true, true), std::max(rows, 8));
    EXPECT_EQ(spacing<VCore8x4>(tall, rows, false, true), std::max(rows, 4));
    EXPECT_EQ(spacing<VCore4x8>(wide, rows, true, false), std::max(rows, 4));
    EXPECT_EQ(spacing<VCore4x8>(wide, rows, true, true), std::max(rows, 8));
  }
}

TEST(CoreCycles, FirstRowLeavesAfterWeightsArrayAndLanes) {
  const auto latency = [](const CoreSize& size, const Result& result) {
    return result.out_cycles.front() - std::max(size.rows, size.cols);
  };
  const CoreSize square{4, 4, 32, 32}, tall{8, 4, 50, 32, 4, 2}, wide{4, 8, 1024, 16};
  CoreDriver<VCore4x4> a(square, 1);
  EXPECT_EQ(latency(square, a.run(passes(square, 1, 3, true, true), 0)), 4 + 4 + 9);
  CoreDriver<VCore8x4> b(tall, 1);
  EXPECT_EQ(latency(tall, b.run(passes(tall, 1, 3, true, true), 0)), 8 + 4 + 9);
  CoreDriver<VCore4x8> c(wide, 1);
  EXPECT_EQ(latency(wide, c.run(passes(wide, 1, 3, true, true), 0)), 4 + 8 + 9);
}

/// `count` sums over 4 passes of `rows` streamed rows each.
Work pools(const CoreSize& size, int count, int rows) {
  WorkMaker maker(size, 1);
  Work work;
  for (int pass = 0; pass < 4 * count; ++pass) {
    Command c;
    c.rows = rows;
    c.stream = true;
    c.new_weights = false;
    c.first = pass % 4 == 0;
    c.last = pass % 4 == 3;
    c.new_params = pass == 3;
    c.quant.clamp.hi = 127;
    maker.add(work, c);
  }
  return work;
}

TEST(CoreCycles, PoolsTakeOneCyclePerRowAndTap) {
  const CoreSize size{4, 4, 32, 32};
  for (const int rows : {1, 2, 7}) {
    CoreDriver<VCore4x4> driver(size, 1);
    const Result result = driver.run(pools(size, 20, rows), 0);
    ASSERT_EQ(result.out_cycles.size(), 20U * rows);
    EXPECT_EQ(result.out_cycles[19 * rows] - result.out_cycles[9 * rows], 10 * 4 * rows);
  }
}

TEST(CoreCycles, TheTapShowsARowThreeCyclesBeforeItsCodes) {
  const CoreSize wide{4, 8, 1024, 16};
  for (const Work& work : {passes(wide, 3, 2, true, true), pools(wide, 3, 2)}) {
    CoreDriver<VCore4x8> driver(wide, 1);
    const Result result = driver.run(work, 0);
    ASSERT_EQ(result.tap_cycles.size(), 6U);
    for (int row = 0; row < 6; ++row)
      EXPECT_EQ(result.out_cycles[row] - result.tap_cycles[row], 3) << row;
  }
}

}  // namespace
}  // namespace systole::test
