// skew_fifo_test.cpp: rtl/skew_fifo.sv delays element c by c cycles and never overwrites a beat.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "VSkewFifo.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

constexpr int kElements = 4, kTakeBeats = 3;

TEST(SkewFifoRtl, SkewsEveryBeatInOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Dut<VSkewFifo> dut(static_cast<int>(seed));
    std::mt19937 random(seed);
    std::vector<std::vector<std::int32_t>> beats;
    std::map<int, std::size_t> popped;  // Cycle -> beat.
    std::size_t taken = 0, next_pop = 0;
    dut->valid_i = dut->take_i = dut->pop_i = 0;
    dut.reset();
    std::vector<std::int32_t> beat(kElements);
    for (int cycle = 0; cycle < 3000; ++cycle) {
      if (!dut->valid_i && random() % 20 < seed) {
        dut->valid_i = 1;
        for (int c = 0; c < kElements; ++c) {
          beat[c] = static_cast<std::int32_t>(random() % 512) - 256;
          put(dut->data_i, c, 9, beat[c]);
        }
      }
      dut->take_i = dut->available_o && random() % 3 != 0;
      dut->pop_i = next_pop < taken && random() % 8 != 0;
      dut.settle();
      for (int c = 0; c < kElements; ++c) {
        const auto of = popped.find(cycle - 1 - c);
        if (of == popped.end()) continue;
        ASSERT_EQ(get(dut->data_o, c, 9), beats[of->second][c]) << "seed " << seed;
      }
      if (dut->pop_i) popped[cycle] = next_pop++;
      if (dut->take_i) taken += kTakeBeats;
      const bool pushed = dut->valid_i && dut->ready_o;
      if (pushed) beats.push_back(beat);
      dut.tick();
      if (pushed) dut->valid_i = 0;
      ASSERT_FALSE(dut.assertion_failed()) << "seed " << seed;
    }
    EXPECT_GT(next_pop, 100U);
    EXPECT_LE(taken, beats.size());
  }
}

TEST(SkewFifoRtl, PopsOneBeatPerCycle) {
  Dut<VSkewFifo> dut;
  dut->valid_i = dut->take_i = dut->pop_i = 0;
  dut.reset();
  int waiting = 0, pops = 0;
  dut->valid_i = 1;
  for (int cycle = 0; cycle < 100; ++cycle) {
    dut->take_i = dut->available_o && waiting == 0;
    dut->pop_i = waiting > 0;
    if (dut->take_i) waiting = kTakeBeats + 1;
    if (waiting > 0) --waiting;
    pops += dut->pop_i;
    dut.tick();
  }
  EXPECT_GE(pops, 70);  // Three of four cycles: taking costs this test the fourth.
}

}  // namespace
}  // namespace systole::test
