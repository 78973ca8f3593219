// wave_view_test.cpp: what a view shows of the core is in its waveforms.
#include "sim/report/wave_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "sim/bench/bench.h"
#include "tests/support/fst.h"
#include "tests/support/process.h"

namespace systole {
namespace {

struct Size {
  std::int64_t rows, cols, scale_bits;
};
constexpr Size kSizes[] = {{4, 4, 32}, {8, 4, 16}};

/// Waveforms of a job on cores of two shapes. SystemC elaborates both before one runs.
class WaveViewTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1);
    for (const Size& size : kSizes) {
      DutConfig config;
      config.dir = source_root() / "rtl";
      config.parameters = {
          {"Rows", size.rows}, {"Cols", size.cols}, {"ScaleBits", size.scale_bits}};
      config.optimize = "O0";
      config.instrument = Instrument::kTrace;
      benches_.push_back(std::make_unique<Bench>(build_dut(config), BenchOptions{}));
    }
    DutConfig config;
    config.dir = source_root() / "tests/designs/output_stationary";
    config.adapter = config.dir / "axis_pins.cpp";
    config.top = "os_matmul";
    config.parameters = {{"Rows", 4}, {"Cols", 4}};
    config.optimize = "O0";
    config.instrument = Instrument::kTrace;
    const BuiltDut built = build_dut(config);
    ports_ = built.ports;
    other_ = std::make_unique<Bench>(built, BenchOptions{});
  }
  static void TearDownTestSuite() {
    benches_.clear();
    other_.reset();
  }

  /// The names of a waveform's signals as viewers write them, without a blank before the range.
  static std::set<std::string> signals(const std::filesystem::path& file) {
    std::set<std::string> names;
    for (const auto& [signal, bits] : test::read_fst(file).signals) {
      std::string name = signal;
      std::erase(name, ' ');
      names.insert(name);
    }
    return names;
  }

  /// Those of a product of 9 x 6 and 6 x 5 elements on a design.
  static std::set<std::string> signals(Bench& bench) {
    const test::TempDirectory folder;
    const IntTensor x({9, 6}, std::vector<std::int32_t>(54, 3));
    const IntTensor w({6, 5}, std::vector<std::int32_t>(30, 2));
    const IntNode product{"fc", {"x"}, IntMatmul{w}, {}};
    const Operands operands = make_operands({&product, nullptr}, {x}, bench.geometry());
    bench.trace(folder / "wave.fst", 1, 100);
    EXPECT_EQ(bench.run(operands, make_schedule(operands.layout)).status, JobStatus::kDone);
    return signals(folder / "wave.fst");
  }

  static inline std::vector<std::unique_ptr<Bench>> benches_;
  static inline std::unique_ptr<Bench> other_;  ///< Of an output-stationary design.
  static inline std::vector<std::string> ports_;
};

void expect_shown(const WaveView& view, const std::set<std::string>& names) {
  for (const WaveGroup& group : wave_groups(view))
    for (const WaveSignal& signal : group.signals)
      EXPECT_TRUE(names.contains(signal.name)) << signal.name;
}

TEST_F(WaveViewTest, ShowsOnlySignalsThatTheWaveformHas) {
  for (const auto& bench : benches_) {
    const auto names = signals(*bench);
    const Geometry& geometry = bench->geometry();
    WaveView view{.wave = "wave.fst", .geometry = geometry};
    for (const WavePlace place : {WavePlace::kNone, WavePlace::kPe, WavePlace::kLane}) {
      view.place = place;
      for (view.row = 0; view.row < geometry.rows; ++view.row)
        for (view.column = 0; view.column < geometry.cols; ++view.column) expect_shown(view, names);
    }
  }
}

TEST_F(WaveViewTest, ShowsThePortsOfAnotherDesign) {
  EXPECT_THAT(ports_, testing::IsSupersetOf({"aclk", "s_axis_x_tvalid", "m_axis_acc_tready"}));
  ASSERT_TRUE(other_->can_trace());
  const WaveView view{
      .wave = "wave.fst", .geometry = other_->geometry(), .is_core = false, .ports = ports_};
  ASSERT_EQ(wave_groups(view)[0].signals.size(), ports_.size());
  expect_shown(view, signals(*other_));
}

}  // namespace
}  // namespace systole
