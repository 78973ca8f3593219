// param_bank_test.cpp: rtl/param_bank.sv hands whole sets to the lanes, column by column.
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "VParamBank.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

constexpr int kCols = 4;

TEST(ParamBankRtl, LoadsSetsInOrderOneColumnPerCycle) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Dut<VParamBank> dut(static_cast<int>(seed));
    std::mt19937_64 random(seed);
    std::deque<std::uint64_t> biases, quants;  // Pushed; of sets taken.
    int taken = 0, loaded = 0, col = kCols;    // Sets taken, not started; column in load.
    std::uint64_t quant = 0, pushed = 0;
    dut->valid_i = dut->take_i = dut->start_i = 0;
    dut.reset();
    for (int cycle = 0; cycle < 3000; ++cycle) {
      if (!dut->valid_i && random() % 20 < seed) {
        dut->valid_i = 1;
        dut->bias_i = random();
        dut->scale_i = static_cast<std::uint32_t>(dut->bias_i * 3);
        dut->residual_scale_i = static_cast<std::uint32_t>(dut->bias_i * 5);
        put(dut->shift_i, 0, 6, static_cast<int>(dut->bias_i % 63));
        put(dut->residual_shift_i, 0, 6, static_cast<int>(dut->bias_i % 61));
      }
      dut->take_i = dut->available_o && random() % 4 == 0;
      dut->quant_i = random() & ((1ULL << 55) - 1);
      dut->start_i = taken > 0 && col >= kCols - 1 && random() % 4 == 0;
      dut.settle();

      ASSERT_EQ(dut->load_o, col < kCols) << "seed " << seed;
      if (col < kCols) {
        const std::uint64_t bias = biases.front();
        biases.pop_front();
        ASSERT_EQ(dut->load_col_o, col) << "seed " << seed;
        ASSERT_EQ(dut->bias_o, bias) << "seed " << seed;
        ASSERT_EQ(dut->scale_o, static_cast<std::uint32_t>(bias * 3)) << "seed " << seed;
        ASSERT_EQ(dut->residual_scale_o, static_cast<std::uint32_t>(bias * 5)) << "seed " << seed;
        ASSERT_EQ(dut->shift_o, bias % 63) << "seed " << seed;
        ASSERT_EQ(dut->residual_shift_o, bias % 61) << "seed " << seed;
        ASSERT_EQ(dut->quant_o, quant) << "seed " << seed;
        ++col;
      }
      if (dut->start_i) {
        quant = quants.front();
        quants.pop_front();
        --taken;
        ++loaded;
        col = 0;
      }
      if (dut->take_i) {
        quants.push_back(dut->quant_i);
        ++taken;
      }
      const bool push = dut->valid_i && dut->ready_o;
      if (push) {
        biases.push_back(dut->bias_i);
        ++pushed;
      }
      dut.tick();
      if (push) dut->valid_i = 0;
      ASSERT_FALSE(dut.assertion_failed()) << "seed " << seed;
    }
    EXPECT_GT(loaded, 20);
    EXPECT_GE(pushed, static_cast<std::uint64_t>(loaded) * kCols);
  }
}

}  // namespace
}  // namespace systole::test
