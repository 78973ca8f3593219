// instrument_test.cpp: designs that write waveforms, or count what they cover.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "model/config/error.h"
#include "sim/dut/dut.h"
#include "tests/support/fst.h"
#include "tests/unit/sim/dut/fixture.h"
#include "tests/unit/sim/dut/traffic.h"

namespace systole {
namespace {

class InstrumentTest : public testing::TestWithParam<const char*> {
 protected:
  static DutConfig config() { return config_of(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Designs, InstrumentTest, testing::Values("stub", "core"),
                         [](const auto& design) { return std::string(design.param); });

DutConfig with(DutConfig config, Instrument instrument) {
  config.instrument = instrument;
  return config;
}

TEST_P(InstrumentTest, APlainBuildHasNeitherWaveformsNorCoverage) {
  Dut dut(build(config()), 1);
  EXPECT_FALSE(dut.can_trace());
  EXPECT_FALSE(dut.counts_coverage());
}

TEST_P(InstrumentTest, WritesTheCyclesOfItsWindow) {
  Dut dut(build(with(config(), Instrument::kTrace)), 1);
  ASSERT_TRUE(dut.can_trace());
  const test::TempDirectory folder;
  const Traffic traffic = make_traffic(dut.geometry(), {});
  dut.trace(folder / "wave.fst", 3, 12);
  EXPECT_EQ(drive(dut, traffic).outputs, traffic.outputs);
  dut.end_trace();
  const test::Fst wave = test::read_fst(folder / "wave.fst");
  EXPECT_EQ(wave.first, 3 * abi::kTicksPerCycle);
  EXPECT_EQ(wave.last, 12 * abi::kTicksPerCycle + abi::kTicksPerCycle / 2);
  EXPECT_GT(wave.signals.size(), 30u);
}

TEST_P(InstrumentTest, NamesItsPortsAsItsWaveformDoes) {
  const BuiltDut built = build(with(config(), Instrument::kTrace));
  EXPECT_GT(built.ports.size(), 30u);
  Dut dut(built, 1);
  const test::TempDirectory folder;
  dut.trace(folder / "wave.fst", 1, 10);
  drive(dut, make_traffic(dut.geometry(), {}));
  dut.end_trace();
  std::set<std::string> names;
  for (const auto& [signal, bits] : test::read_fst(folder / "wave.fst").signals) {
    std::string name = signal;
    std::erase(name, ' ');
    names.insert(name);
  }
  for (const std::string& port : built.ports) EXPECT_TRUE(names.contains("TOP." + port)) << port;
  EXPECT_TRUE(build(config()).ports.empty());
}

TEST_P(InstrumentTest, CountsOnThroughLaterOpsOfAWaveform) {
  Dut dut(build(with(config(), Instrument::kTrace)), 1);
  const test::TempDirectory folder;
  const Traffic traffic = make_traffic(dut.geometry(), {});
  const std::uint64_t before = drive(dut, traffic).cycles;
  dut.trace(folder / "wave.fst", 1, 100'000);
  const std::uint64_t cycles = drive(dut, traffic).cycles;
  const std::uint64_t more = drive(dut, traffic).cycles;
  dut.end_trace();
  EXPECT_GT(before, 0u);
  const test::Fst wave = test::read_fst(folder / "wave.fst");
  EXPECT_EQ(wave.first, abi::kTicksPerCycle);
  EXPECT_EQ(wave.last / abi::kTicksPerCycle, cycles + more);
}

TEST(Instrument, CyclesAreTheSameWithInstruments) {
  const Traffic traffic = make_traffic({4, 4, 16, 32}, {});
  Dut plain(build(stub_config()), 1);
  const Outcome expected = drive(plain, traffic);
  for (const Instrument instrument : {Instrument::kTrace, Instrument::kCoverage}) {
    Dut dut(build(with(stub_config(), instrument)), 1);
    const Outcome outcome = drive(dut, traffic);
    EXPECT_EQ(outcome.cycles, expected.cycles) << to_string(instrument);
    EXPECT_EQ(outcome.outputs, expected.outputs) << to_string(instrument);
  }
}

/// Sum of the counts in a file of Verilator's, and how many points it has.
std::pair<std::uint64_t, std::size_t> coverage_in(const std::filesystem::path& file) {
  std::uint64_t sum = 0;
  std::size_t points = 0;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("C '")) continue;
    sum += std::stoull(line.substr(line.rfind(' ')));
    ++points;
  }
  return {sum, points};
}

// Each instance has a context of its own: the other one's work does not count.
TEST(Instrument, CountsWhatItCovers) {
  const BuiltDut built = build(with(stub_config(), Instrument::kCoverage));
  Dut idle(built, 1);
  Dut dut(built, 1);
  ASSERT_TRUE(dut.counts_coverage());
  EXPECT_FALSE(dut.can_trace());
  const test::TempDirectory folder;
  drive(dut, make_traffic(dut.geometry(), {}));
  idle.write_coverage(folder / "idle.dat");
  dut.write_coverage(folder / "once.dat");
  drive(dut, make_traffic(dut.geometry(), {}));
  dut.write_coverage(folder / "twice.dat");
  const auto [none, points] = coverage_in(folder / "idle.dat");
  const auto [once, points_once] = coverage_in(folder / "once.dat");
  const auto [twice, points_twice] = coverage_in(folder / "twice.dat");
  EXPECT_GT(points, 50u);
  EXPECT_EQ(points_once, points);
  EXPECT_EQ(points_twice, points);
  EXPECT_GT(once, none);
  EXPECT_GT(twice, once);
}

TEST(Instrument, SaysWhichFileOfAnInstrumentCannotBeWritten) {
  const std::filesystem::path nowhere = "/proc/nowhere/file";
  Dut tracing(build(with(stub_config(), Instrument::kTrace)), 1);
  EXPECT_NE(message_of<InputError>([&] {
              tracing.trace(nowhere, 1, 2);
            }).find("/proc/nowhere/file: waveform: got"),
            std::string::npos);
  Dut covering(build(with(stub_config(), Instrument::kCoverage)), 1);
  EXPECT_NE(message_of<InputError>([&] {
              covering.write_coverage(nowhere);
            }).find("/proc/nowhere/file: coverage: got"),
            std::string::npos);
}

}  // namespace
}  // namespace systole
