// dut_test.cpp: the interface of a built design: cycles, waiting, stalls, failures, noise.
#include "sim/dut/dut.h"

#include <gtest/gtest.h>

#include <cstring>

#include "model/config/error.h"
#include "sim/dut/error.h"
#include "tests/unit/sim/dut/fixture.h"
#include "tests/unit/sim/dut/traffic.h"

namespace systole {
namespace {

using abi::Status;

DutConfig with(DutConfig config, std::map<std::string, std::int64_t> parameters) {
  for (const auto& [name, value] : parameters) config.parameters[name] = value;
  return config;
}

/// Both designs behave alike in all that follows.
class DutTest : public testing::TestWithParam<const char*> {
 protected:
  static DutConfig config() { return config_of(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Designs, DutTest, testing::Values("stub", "core"),
                         [](const auto& design) { return std::string(design.param); });

TEST_P(DutTest, ComputesWhatTheBeatsSay) {
  Dut dut(build(config()), 1);
  EXPECT_EQ(dut.geometry(), (Geometry{4, 4, 16, 32}));
  EXPECT_TRUE(dut.has_tap());
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const Traffic traffic =
        make_traffic(dut.geometry(), {.rows = 3 * seed, .residual = seed % 2 == 0, .seed = seed});
    const Outcome outcome = drive(dut, traffic);
    EXPECT_EQ(outcome.status, Status::kDone);
    EXPECT_EQ(outcome.taps, traffic.taps) << "seed " << seed;
    EXPECT_EQ(outcome.outputs, traffic.outputs) << "seed " << seed;
  }
}

TEST_P(DutTest, PacksLanesOfAnOddGeometry) {
  Dut dut(build(with(config(), {{"Rows", 3}, {"Cols", 5}, {"ScaleBits", 16}})), 1);
  EXPECT_EQ(dut.geometry(), (Geometry{3, 5, 16, 16}));
  const Traffic traffic = make_traffic(dut.geometry(), {});
  const Outcome outcome = drive(dut, traffic);
  EXPECT_EQ(outcome.taps, traffic.taps);
  EXPECT_EQ(outcome.outputs, traffic.outputs);
}

// A lock-step run of two beats at a time is the reference for every other way to cut it.
TEST_P(DutTest, AnySplitGivesEqualTensorsAndCycles) {
  const BuiltDut built = build(config());
  for (const std::uint32_t rate : {0u, 20000u, 50000u}) {
    Dut reference(built, 7);
    const Traffic traffic = make_traffic(reference.geometry(), {.rows = 16, .k_tiles = 3});
    const Outcome expected =
        drive(reference, traffic, {.quantum = 1, .ring_beats = 16, .stall_rate = rate});
    ASSERT_EQ(expected.status, Status::kDone);
    EXPECT_EQ(expected.outputs, traffic.outputs);
    for (const std::uint64_t quantum : {1, 7, 64, 1024}) {
      for (const std::uint32_t ring_beats : {1u, 2u, 8u, 64u}) {
        Dut dut(built, 7);
        const Outcome outcome =
            drive(dut, traffic, {.quantum = quantum, .ring_beats = ring_beats, .stall_rate = rate});
        EXPECT_EQ(outcome.cycles, expected.cycles)
            << "quantum " << quantum << ", rings of " << ring_beats << ", stalls " << rate;
        EXPECT_EQ(outcome.outputs, expected.outputs);
        EXPECT_EQ(outcome.taps, expected.taps);
      }
    }
  }
}

TEST_P(DutTest, StallsFollowTheirSeedAndCostCycles) {
  const BuiltDut built = build(config());
  const Traffic traffic = make_traffic({4, 4, 16, 32}, {.rows = 16});
  const auto cycles = [&](std::uint32_t seed, std::uint32_t rate) {
    Dut dut(built, 7);
    const Outcome outcome = drive(dut, traffic, {.stall_seed = seed, .stall_rate = rate});
    EXPECT_EQ(outcome.outputs, traffic.outputs);
    return outcome.cycles;
  };
  EXPECT_EQ(cycles(1, 30000), cycles(1, 30000));
  EXPECT_NE(cycles(1, 30000), cycles(2, 30000));
  EXPECT_GT(cycles(1, 30000), cycles(1, 0));
}

TEST_P(DutTest, TheBareDesignTakesAsManyCycles) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  const std::uint64_t bare = replay(dut, traffic);
  EXPECT_GT(bare, 0u);
  EXPECT_EQ(drive(dut, traffic).cycles, bare);
}

TEST_P(DutTest, RandomStateAndEarlierOpsChangeNothing) {
  const BuiltDut built = build(config());
  const Traffic traffic = make_traffic({4, 4, 16, 32}, {});
  Outcome first;
  for (const std::uint32_t seed : {1u, 2u, 0x7fffffffu}) {
    Dut dut(built, seed);
    const Outcome fresh = drive(dut, traffic);
    const Outcome again = drive(dut, traffic);
    EXPECT_EQ(fresh.outputs, traffic.outputs) << "seed " << seed;
    EXPECT_EQ(again.outputs, traffic.outputs) << "seed " << seed;
    if (seed == 1) first = fresh;
    EXPECT_EQ(fresh.cycles, first.cycles) << "seed " << seed;
  }
}

/// Rings of one op that a test fills by hand.
struct Hand {
  explicit Hand(const Traffic& traffic, std::uint32_t capacity) {
    for (std::uint32_t c = 0; c < kChannelCount; ++c) {
      const auto stride = beat_bytes(static_cast<Channel>(c), traffic.geometry);
      memory[c].resize(stride * capacity);
      rings[c] = {.data = memory[c].data(),
                  .stride = static_cast<std::uint32_t>(stride),
                  .capacity = capacity};
      if (c >= kInputChannels) continue;
      const std::size_t bytes = std::min(memory[c].size(), traffic.beats[c].size());
      std::copy_n(traffic.beats[c].begin(), bytes, memory[c].begin());
      rings[c].written = bytes / stride;
      rings[c].ended = rings[c].written == traffic.count(static_cast<Channel>(c));
    }
    op = {.rings = rings,
          .stalls = {},
          .expected_outputs = traffic.expected_beats(),
          .expected_taps = traffic.expected_beats()};
  }

  std::vector<std::uint8_t> memory[kChannelCount];
  Ring rings[kChannelCount];
  abi::Op op;
};

TEST_P(DutTest, WaitsBeforeTheTickForAMissingBeat) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  Hand hand(traffic, 64);
  const std::uint64_t all = hand.rings[kWeight].written;
  hand.rings[kWeight].written = 2;
  hand.rings[kWeight].ended = 0;
  dut.begin(hand.op);
  ASSERT_EQ(dut.run(1000), Status::kNeedInput);
  EXPECT_EQ(dut.state().channel, kWeight);
  const std::uint64_t cycles = dut.state().cycles;
  EXPECT_EQ(dut.run(1000), Status::kNeedInput) << "nothing has changed";
  EXPECT_EQ(dut.state().cycles, cycles);
  EXPECT_EQ(dut.state().channels[kWeight].transfers, 2u);

  hand.rings[kWeight].written = all;
  hand.rings[kWeight].ended = 1;
  EXPECT_EQ(dut.run(1000), Status::kDone);
}

TEST_P(DutTest, WaitsBeforeTheTickForRoom) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  Hand hand(traffic, 64);
  hand.rings[kTap].capacity = 4;
  dut.begin(hand.op);
  ASSERT_EQ(dut.run(1000), Status::kNeedRoom);
  EXPECT_EQ(dut.state().channel, kTap);
  EXPECT_EQ(hand.rings[kTap].written, 4u);
  const std::uint64_t cycles = dut.state().cycles;
  EXPECT_EQ(dut.run(1000), Status::kNeedRoom);
  EXPECT_EQ(dut.state().cycles, cycles);

  hand.rings[kTap].read = 4;
  EXPECT_EQ(dut.run(1000), Status::kNeedRoom);
  EXPECT_EQ(hand.rings[kTap].written, 8u);
}

TEST_P(DutTest, StopsWithTheLastExpectedBeatAndStaysThere) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  Hand hand(traffic, 64);
  dut.begin(hand.op);
  ASSERT_EQ(dut.run(1000), Status::kDone);
  const abi::State state = dut.state();
  EXPECT_EQ(state.channels[kOutput].transfers, traffic.expected_beats());
  EXPECT_EQ(state.channels[kTap].transfers, traffic.expected_beats());
  EXPECT_EQ(std::max(state.channels[kOutput].last_cycle, state.channels[kTap].last_cycle),
            state.cycles);
  EXPECT_EQ(state.channels[kActivation].transfers, traffic.count(kActivation));
  EXPECT_EQ(dut.run(1000), Status::kDone);
  EXPECT_EQ(dut.state().cycles, state.cycles);
}

TEST_P(DutTest, WaitsForTheLastTapToo) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  Hand hand(traffic, 64);
  hand.op.stalls.rate[kTap] = 65400;
  dut.begin(hand.op);
  ASSERT_EQ(dut.run(1000000), Status::kDone);
  EXPECT_EQ(dut.state().channels[kTap].transfers, traffic.expected_beats());
  EXPECT_GT(dut.state().channels[kTap].last_cycle, dut.state().channels[kOutput].last_cycle);
}

TEST_P(DutTest, AStarvedDesignUsesUpItsQuanta) {
  Dut dut(build(config()), 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  Hand hand(traffic, 64);
  hand.rings[kParameter].written = 0;
  dut.begin(hand.op);
  EXPECT_EQ(dut.run(500), Status::kQuantum);
  EXPECT_EQ(dut.run(500), Status::kQuantum);
  EXPECT_EQ(dut.state().cycles, 1000u);
  EXPECT_EQ(dut.state().channels[kParameter].valid, 0u) << "this one is stuck";
  EXPECT_EQ(dut.state().channels[kParameter].transfers, 0u);
}

TEST(Dut, ReportsAnAssertionWithItsText) {
  const BuiltDut built = build(stub_config());
  Dut dut(built, 1);
  Dut other(built, 1);
  Traffic traffic = make_traffic(dut.geometry(), {});
  const std::int16_t outside = -256;
  std::memcpy(traffic.beats[kWeight].data() + 4, &outside, sizeof(outside));
  const Outcome outcome = drive(dut, traffic);
  EXPECT_EQ(outcome.status, Status::kFailed);
  EXPECT_NE(outcome.message.find("weight of column 2 out of range"), std::string::npos)
      << outcome.message;
  EXPECT_NE(outcome.message.find("stopped at stub_core.sv:"), std::string::npos) << outcome.message;
  EXPECT_EQ(dut.run(1), Status::kFailed) << "for good";
  EXPECT_EQ(replay(dut, traffic), 0u);

  const Traffic good = make_traffic(dut.geometry(), {});
  EXPECT_EQ(drive(other, good).outputs, good.outputs) << "another instance goes on";
}

TEST(Dut, StopsInTheCycleOfAFailure) {
  const BuiltDut built = build(stub_config());
  Traffic traffic = make_traffic({4, 4, 16, 32}, {});
  const std::int16_t outside = -256;
  std::memcpy(traffic.beats[kWeight].data() + 4, &outside, sizeof(outside));
  Dut one(built, 1);
  Dut other(built, 1);
  EXPECT_EQ(drive(one, traffic, {.quantum = 1}).cycles,
            drive(other, traffic, {.quantum = 1024}).cycles);
}

TEST(Dut, ReportsFatalWithItsText) {
  Dut dut(build(stub_config()), 1);
  Traffic traffic = make_traffic(dut.geometry(), {});
  reinterpret_cast<CommandBeat*>(traffic.beats[kCommand].data())->rows = 0;
  const Outcome outcome = drive(dut, traffic);
  EXPECT_EQ(outcome.status, Status::kFailed);
  EXPECT_NE(outcome.message.find("a pass of no rows"), std::string::npos) << outcome.message;
}

TEST(Dut, BuildsWithoutATap) {
  Dut dut(build(with(core_config(), {{"AccTap", 0}})), 1);
  EXPECT_FALSE(dut.has_tap());
  const Traffic traffic = make_traffic(dut.geometry(), {});
  const Outcome outcome = drive(dut, traffic);
  EXPECT_EQ(outcome.status, Status::kDone);
  EXPECT_EQ(outcome.outputs, traffic.outputs);
  EXPECT_TRUE(outcome.taps.empty());
}

TEST(Dut, TellsThatADesignCannotBePoisoned) {
  EXPECT_FALSE(Dut(build(stub_config()), 1).can_poison());
}

/// Adds to whatever the accumulators hold.
Traffic without_clear(Traffic traffic) {
  for (std::uint64_t i = 0; i < traffic.count(kCommand); ++i) {
    reinterpret_cast<CommandBeat*>(traffic.beats[kCommand].data())[i].first = 0;
  }
  return traffic;
}

TEST_P(DutTest, TheSeedRandomisesTheInitialState) {
  const BuiltDut built = build(config());
  const Traffic traffic = without_clear(make_traffic({4, 4, 16, 32}, {}));
  const auto taps = [&](std::uint32_t seed) {
    Dut dut(built, seed);
    return drive(dut, traffic).taps;
  };
  EXPECT_EQ(taps(1), taps(1));
  EXPECT_NE(taps(1), taps(2));
}

TEST(Dut, PoisonReachesTheAccumulatorsAndNoCorrectResult) {
  const BuiltDut built = build(core_config());
  const Traffic traffic = make_traffic({4, 4, 16, 32}, {});
  const Traffic unclear = without_clear(traffic);
  const auto taps = [&](const Traffic& beats, std::uint32_t poison) {
    Dut dut(built, 1);
    EXPECT_TRUE(dut.can_poison());
    drive(dut, traffic);
    dut.poison(poison);
    const Outcome outcome = drive(dut, beats);
    EXPECT_EQ(outcome.status, Status::kDone) << outcome.message;
    return outcome.taps;
  };
  EXPECT_EQ(taps(traffic, 1), traffic.taps);
  EXPECT_EQ(taps(traffic, 2), traffic.taps);
  EXPECT_NE(taps(unclear, 1), traffic.taps);
  EXPECT_EQ(taps(unclear, 1), taps(unclear, 1));
  EXPECT_NE(taps(unclear, 1), taps(unclear, 2));
}

TEST(Dut, SaysWhereAnAssertionIs) {
  Dut dut(build(stub_config()), 1);
  EXPECT_EQ(dut.stopped().stop, abi::Stop::kNone);
  Traffic traffic = make_traffic(dut.geometry(), {});
  const std::int16_t outside = -256;
  std::memcpy(traffic.beats[kWeight].data() + 4, &outside, sizeof(outside));
  drive(dut, traffic);
  EXPECT_EQ(dut.stopped().stop, abi::Stop::kAssertion);
  EXPECT_EQ(dut.stopped().file, std::string("stub_core.sv"));
  EXPECT_GT(dut.stopped().line, 1u);
}

TEST(Dut, RefusesWhatIsNoDesign) {
  BuiltDut built;
  built.object = std::filesystem::temp_directory_path() / "systole_no_such_object.so";
  EXPECT_NE(message_of<SimulationError>([&] { Dut(built, 1); }).find("cannot be loaded"),
            std::string::npos);
  built.object = SYSTOLE_TEST_OTHER_OBJECT;
  EXPECT_NE(message_of<SimulationError>([&] { Dut(built, 1); }).find("is no simulated design"),
            std::string::npos);
}

}  // namespace
}  // namespace systole
