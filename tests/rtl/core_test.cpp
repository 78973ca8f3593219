// core_test.cpp: systole_core against int_matmul and mul_quant, at several sizes, with stalls.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "VCore16x16.h"
#include "VCore4x4.h"
#include "VCore4x8.h"
#include "VCore8x4.h"
#include "VCore8x8.h"
#include "tests/rtl/core_driver.h"

namespace systole::test {
namespace {

template <class M, int kRows, int kCols, int kAccDepth, int kScaleBits, int kActBits = 9,
          int kWeightBits = 9>
struct Build {
  using Model = M;
  static CoreSize size() { return {kRows, kCols, kAccDepth, kScaleBits, kActBits, kWeightBits}; }
};

template <class B>
struct Core : ::testing::Test {
  CoreDriver<typename B::Model> driver{B::size(), 1};

  void expect(const Work& work, int stall_percent, unsigned seed = 0) {
    const Result result = driver.run(work, stall_percent);
    ASSERT_FALSE(driver.dut.assertion_failed()) << "seed " << seed << " stall " << stall_percent;
    ASSERT_FALSE(result.hung) << "seed " << seed << " stall " << stall_percent << ": "
                              << result.out.size() << " of " << work.out.size() << " rows";
    ASSERT_EQ(result.tap, work.tap) << "seed " << seed << " stall " << stall_percent;
    ASSERT_EQ(result.out, work.out) << "seed " << seed << " stall " << stall_percent;
  }
};

using Builds =
    ::testing::Types<Build<VCore4x4, 4, 4, 32, 32>, Build<VCore8x8, 8, 8, 1024, 16>,
                     Build<VCore16x16, 16, 16, 1024, 32>, Build<VCore8x4, 8, 4, 50, 32, 4, 2>,
                     Build<VCore4x8, 4, 8, 1024, 16>>;
TYPED_TEST_SUITE(Core, Builds);

Command command(int rows, std::int64_t lo, std::int64_t hi) {
  Command c;
  c.rows = rows;
  c.quant.clamp.lo = lo;
  c.quant.clamp.hi = hi;
  return c;
}

TYPED_TEST(Core, MultipliesOneRow) {
  WorkMaker maker(TypeParam::size(), 1);
  Work work;
  maker.add(work, command(1, -128, 127));
  this->expect(work, 0);
}

TYPED_TEST(Core, FillsAllAccumulators) {
  WorkMaker maker(TypeParam::size(), 2);
  Work work;
  maker.add(work, command(TypeParam::size().acc_depth, -65536, 65535));
  this->expect(work, 0);
}

TYPED_TEST(Core, AddsTilesOfKAndOverwritesAtTheFirst) {
  WorkMaker maker(TypeParam::size(), 3);
  Work work;
  for (int output = 0; output < 3; ++output) {
    for (int k = 0; k < 4; ++k) {
      Command c = command(9, -32768, 32767);
      c.first = k == 0;
      c.last = c.new_params = k == 3;
      maker.add(work, c);
    }
  }
  this->expect(work, 0);
}

TYPED_TEST(Core, AddsPassesOfOneRowBackToBack) {
  WorkMaker maker(TypeParam::size(), 4);
  Work work;
  maker.add(work, command(1, -65536, 65535));
  for (int pass = 0; pass < 40; ++pass) {
    Command c = command(1, -65536, 65535);
    c.first = c.new_weights = c.new_params = false;
    c.last = pass % 3 != 0;
    maker.add(work, c);
  }
  this->expect(work, 0);
}

TYPED_TEST(Core, StreamsValuesPastTheArray) {
  WorkMaker maker(TypeParam::size(), 5);
  Work work;
  for (int pass = 0; pass < 12; ++pass) {
    Command c = command(1 + pass % 5, -32768, 32767);
    c.stream = pass % 2 == 1 || pass > 8;
    c.new_weights = !c.stream;
    c.residual = pass % 3 == 0;
    maker.add(work, c);
  }
  this->expect(work, 0);
  this->expect(work, 50);
}

// Rows wait for a place in the tap's queue, whatever they come from.
TYPED_TEST(Core, LosesNothingToATapThatIsLate) {
  for (const bool stream : {false, true}) {
    WorkMaker maker(TypeParam::size(), 8);
    Work work;
    for (int pass = 0; pass < 20; ++pass) {
      Command c = command(16, -65536, 65535);
      c.stream = stream;
      c.new_weights = !stream && pass == 0;
      maker.add(work, c);
    }
    this->driver.tap_closed_until = this->driver.dut.cycles() + 1000;
    this->expect(work, 0);
  }
}

// A pool: a pass per tap over the same rows; the lanes take what the last one gives.
TYPED_TEST(Core, ReducesStreamsToTheirSumOrTheirLargest) {
  for (const bool maximum : {false, true})
    for (const int rows : {1, 2, 7}) {
      WorkMaker maker(TypeParam::size(), 6);
      Work work;
      for (int tap = 0; tap < 9; ++tap) {
        Command c = command(rows, -65536, 65535);
        c.stream = true;
        c.maximum = maximum;
        c.new_weights = false;
        c.first = tap == 0;
        c.last = c.new_params = tap == 8;
        maker.add(work, c);
      }
      ASSERT_EQ(work.tap.size(), static_cast<std::size_t>(rows));
      this->expect(work, 0);
      this->expect(work, 50);
    }
}

// Passes of one row meet at the accumulators in neighbouring cycles: each sees the one before.
TYPED_TEST(Core, ReducesSumsOfTheArrayAndStreamsInTheOrderOfTheirPasses) {
  for (const int rows : {1, 2, 5}) {
    WorkMaker maker(TypeParam::size(), 7);
    Work work;
    maker.add(work, command(rows, -65536, 65535));
    for (int pass = 0; pass < 30; ++pass) {
      Command c = command(rows, -65536, 65535);
      c.stream = pass % 3 != 0;
      c.maximum = pass % 3 == 2;
      c.new_weights = pass % 6 == 0;
      c.first = c.new_params = false;
      c.last = pass % 2 == 0;
      maker.add(work, c);
    }
    this->expect(work, 0);
    this->expect(work, 30);
  }
}

TYPED_TEST(Core, RandomPassesWithAndWithoutStalls) {
  const CoreSize size = TypeParam::size();
  for (unsigned seed = 1; seed <= 150; ++seed) {
    WorkMaker maker(size, seed);
    Work work;
    const int passes = static_cast<int>(maker.between(1, 24));
    const int most_rows =
        static_cast<int>(maker.between(1, std::min(size.acc_depth, 3 * size.rows)));
    for (int i = 0; i < passes; ++i) maker.add_random(work, most_rows);
    this->expect(work, std::array{0, 30, 80}[seed % 3], seed);
    if (this->HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace systole::test
