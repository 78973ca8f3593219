// time_test.cpp: neither the quantum, stalls, resets nor the initial state change what is computed.
#include <gtest/gtest.h>

#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

class Stalls : public testing::TestWithParam<const char*> {};

TEST_P(Stalls, LeaveTensorsAndCyclesIndependentOfTheQuantum) {
  const std::string stalls = std::string("bench.stall_rate=") + GetParam();
  const WholeRun reference = run({stalls, "bench.quantum=1024"});
  expect_match(reference);
  for (const char* quantum : {"1", "7", "64"}) {
    const WholeRun other = run({stalls, std::string("bench.quantum=") + quantum});
    expect_match(other);
    EXPECT_EQ(cycles(other), cycles(reference)) << "quantum " << quantum;
    EXPECT_EQ(compare(reference.rtl(), other.rtl()), 0) << "quantum " << quantum;
  }
}

INSTANTIATE_TEST_SUITE_P(OfRate, Stalls, testing::Values("0", "0.3"), [](const auto& rate) {
  return rate.param == std::string("0") ? "Zero" : "Three10ths";
});

TEST(Stalls, CostCyclesThatDependOnTheirSeed) {
  const auto free = cycles(run({}));
  const auto first = cycles(run({"bench.stall_rate=0.3"}));
  const auto second = cycles(run({"bench.stall_rate=0.3", "bench.stall_seed=2"}));
  ASSERT_EQ(free.size(), 8);
  ASSERT_EQ(first.size(), 8);
  for (const auto& [op, count] : free) EXPECT_GT(first.at(op), count) << op;
  EXPECT_NE(first, second);
}

TEST(Reset, BeforeEachOpChangesNothing) {
  const WholeRun once = run({"bench.reset=false"}), always = run({"bench.reset=true"});
  expect_match(always);
  EXPECT_EQ(cycles(once), cycles(always));
  EXPECT_EQ(compare(once.rtl(), always.rtl()), 0);
}

TEST(InitialState, ChangesNothing) {
  const WholeRun reference = run({});
  for (const char* setting : {"bench.seed=2", "bench.seed=2147483647", "bench.poison=false"}) {
    const WholeRun other = run({setting});
    expect_match(other);
    EXPECT_EQ(cycles(other), cycles(reference)) << setting;
    EXPECT_EQ(compare(reference.rtl(), other.rtl()), 0) << setting;
  }
}

// Reviewed like code: fewer is progress to enter here, more needs a reason. A pass of an 8x8 array
// takes at least 8 cycles for its weights, or one per activation row; the rest of an op's cycles is
// the first weights' load and the way through array, MulQuant and output.
TEST(Cycles, OfDigitsOn8x8ArePinned) {
  const std::map<std::string, std::int64_t> pinned = {
      {"conv1", 417},           // 2 K tiles x 3 column tiles x 64 rows = 384
      {"block1.conv1", 5217},   // 27 x 3 x 64 = 5184
      {"block1.conv2", 5217},   // 27 x 3 x 64 = 5184
      {"block2.conv1", 2193},   // 27 x 5 x 16 = 2160
      {"block2.conv2", 3633},   // 45 x 5 x 16 = 3600
      {"block2.project", 273},  // 3 x 5 x 16 = 240
      {"pool", 97},             // 16 taps x 5 x 1 row = 80, past the array
      {"logits", 106},          // 5 x 2 x 8 = 80, of 1 row each
  };
  EXPECT_EQ(cycles(run({"dut.parameters.Rows=8", "dut.parameters.Cols=8"})), pinned);
}

}  // namespace
}  // namespace systole::test
