// accumulators_test.cpp: rtl/accumulators.sv reduces skewed sums and streams row by row.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "VAccumulators.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

constexpr int kCols = 4, kDepth = 8;

struct RowControl {
  bool stream = false, maximum = false, first = false;
  int addr = 0;
};

/// row_t of rtl/systole_pkg.sv.
std::uint32_t row_bits(const RowControl& row) {
  return 1U << 22 | std::uint32_t{row.stream} << 21 | std::uint32_t{row.maximum} << 20 |
         std::uint32_t{row.first} << 19 | static_cast<std::uint32_t>(row.addr);
}

std::int32_t reduce(const RowControl& row, std::int32_t old, std::int32_t value) {
  if (row.first) return value;
  if (row.maximum) return std::max(old, value);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(old) +
                                   static_cast<std::uint32_t>(value));
}

/// Issues random rows; `gap_percent` of the cycles are empty.
void expect_sums(unsigned seed, int gap_percent, int addresses) {
  Dut<VAccumulators> dut(static_cast<int>(seed) + 1);
  std::mt19937 random(seed);
  std::vector<std::vector<std::int32_t>> memory(kDepth, std::vector<std::int32_t>(kCols));
  std::vector<bool> written(kDepth, false);
  std::map<int, std::vector<std::int32_t>> operand, expected;  // By cycle of column 0.
  for (int cycle = 0; cycle < 400; ++cycle) {
    dut->row_i = random() & 0x3f0007;  // Invalid; the rest is noise at any address.
    const bool issue = cycle > kCols && static_cast<int>(random() % 100) >= gap_percent;
    if (issue) {
      RowControl row;
      row.stream = random() % 2 == 0;
      row.maximum = row.stream && random() % 2 == 0;
      row.addr = static_cast<int>(random() % addresses);
      row.first = !written[row.addr] || random() % 3 == 0;
      dut->row_i = row_bits(row);
      std::vector<std::int32_t> values(kCols), sums(kCols);
      for (int c = 0; c < kCols; ++c) {
        values[c] = static_cast<std::int32_t>(random()) >> (row.stream ? 16 : 4);
        auto& acc = memory[row.addr][c];
        acc = sums[c] = reduce(row, acc, values[c]);
      }
      operand[cycle] = values;
      expected[cycle] = sums;
      written[row.addr] = true;
    }
    for (int c = 0; c < kCols; ++c) {
      const auto now = operand.find(cycle - 1 - c);
      const std::int64_t value = now == operand.end() ? random() : now->second[c];
      put(dut->sum_i, c, 32, value);
      put(dut->stream_i, c, 16, value);
      const auto then = expected.find(cycle - 2 - c);
      if (then != expected.end()) {
        ASSERT_EQ(get(dut->acc_o, c, 32), then->second[c])
            << "seed " << seed << " cycle " << cycle << " column " << c;
      }
    }
    dut.tick();
  }
}

TEST(AccumulatorsRtl, ReduceRowsOfOneAddressBackToBack) {
  for (unsigned seed = 0; seed < 20 && !HasFatalFailure(); ++seed) expect_sums(seed, 0, 1);
}

TEST(AccumulatorsRtl, ReduceRowsAtAnyDistance) {
  for (unsigned seed = 0; seed < 20 && !HasFatalFailure(); ++seed) {
    expect_sums(seed, 0, 2);
    expect_sums(seed, 30, 3);
    expect_sums(seed, 60, kDepth);
  }
}

}  // namespace
}  // namespace systole::test
