// column_fifo_test.cpp: rtl/column_fifo.sv turns skewed columns into rows and returns credits.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <vector>

#include "VColumnFifo.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

constexpr int kCols = 4, kDepth = 8;

TEST(ColumnFifoRtl, JoinsColumnsAndKeepsWithinItsCredits) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Dut<VColumnFifo> dut(static_cast<int>(seed));
    std::mt19937 random(seed);
    std::map<int, std::vector<std::int32_t>> rows;  // By cycle of column 0.
    std::deque<std::vector<std::int32_t>> expected;
    int credits = kDepth, received = 0;
    bool full = false;
    dut->write_i = dut->ready_i = 0;
    dut.reset();
    for (int cycle = 0; cycle < 3000; ++cycle) {
      dut->write_i = credits > 0 && random() % 8 != 0;
      if (dut->write_i) {
        std::vector<std::int32_t> row(kCols);
        for (auto& value : row) value = static_cast<std::int32_t>(random() % 131072) - 65536;
        rows[cycle] = row;
        expected.push_back(row);
        --credits;
      }
      full |= credits == 0;
      for (int c = 0; c < kCols; ++c) {
        const auto row = rows.find(cycle - c);
        put(dut->data_i, c, 17, row == rows.end() ? random() : row->second[c]);
      }
      dut->ready_i = random() % 20 < seed;
      dut.settle();
      credits += dut->credit_o;
      if (dut->valid_o && dut->ready_i) {
        ASSERT_FALSE(expected.empty()) << "seed " << seed;
        for (int c = 0; c < kCols; ++c)
          ASSERT_EQ(get(dut->data_o, c, 17), expected.front()[c]) << "seed " << seed;
        expected.pop_front();
        ++received;
      }
      dut.tick();
      ASSERT_FALSE(dut.assertion_failed()) << "seed " << seed;
    }
    EXPECT_GT(received, 100);
    EXPECT_TRUE(full || seed > 10);
  }
}

TEST(ColumnFifoRtl, AssertsThatCreditsAreKept) {
  Dut<VColumnFifo> dut;
  dut->write_i = dut->ready_i = 0;
  dut.reset();
  dut->write_i = 1;
  ::testing::internal::CaptureStdout();
  for (int i = 0; i < kDepth + 1; ++i) dut.tick();  // One row leaves to the output register.
  EXPECT_FALSE(dut.assertion_failed());
  for (int i = 0; i < 2; ++i) dut.tick();
  EXPECT_TRUE(dut.assertion_failed());
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("written while full"), std::string::npos);
}

}  // namespace
}  // namespace systole::test
