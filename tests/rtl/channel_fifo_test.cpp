// channel_fifo_test.cpp: rtl/channel_fifo.sv keeps order, loses nothing, and holds its depth.
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "VChannelFifo.h"
#include "tests/rtl/dut.h"

namespace systole::test {
namespace {

TEST(ChannelFifoRtl, HoldsItsDepthAndNoMore) {
  Dut<VChannelFifo> dut;
  dut->valid_i = 0;
  dut->ready_i = 0;
  dut.reset();
  dut->valid_i = 1;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(dut->ready_o);
    dut->data_i = i;
    dut.tick();
  }
  EXPECT_FALSE(dut->ready_o);
  dut->valid_i = 0;
  dut->ready_i = 1;
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_TRUE(dut->valid_o);
    EXPECT_EQ(dut->data_o, i);
    dut.tick();
  }
  EXPECT_FALSE(dut->valid_o);
}

TEST(ChannelFifoRtl, KeepsOrderUnderRandomStalls) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Dut<VChannelFifo> dut;
    std::mt19937 random(seed);
    std::deque<std::uint32_t> expected;
    dut->valid_i = dut->ready_i = 0;
    dut.reset();
    std::uint32_t next = 0;
    for (int cycle = 0; cycle < 2000; ++cycle) {
      dut->valid_i = dut->valid_i || random() % 10 < seed;
      dut->ready_i = random() % 2;
      dut->data_i = next;
      dut.settle();
      const bool taken = dut->valid_i && dut->ready_o;
      if (dut->valid_o && dut->ready_i) {
        ASSERT_FALSE(expected.empty()) << "seed " << seed;
        ASSERT_EQ(dut->data_o, expected.front()) << "seed " << seed;
        expected.pop_front();
      }
      if (taken) expected.push_back(next++);
      dut.tick();
      if (taken) dut->valid_i = 0;
    }
    EXPECT_GT(next, 100U);
    EXPECT_FALSE(dut.assertion_failed());
  }
}

}  // namespace
}  // namespace systole::test
