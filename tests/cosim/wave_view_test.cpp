// wave_view_test.cpp: what a view shows of the core is in its waveforms.
#include "sim/report/wave_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/bench/bench.h"
#include "tests/support/fst.h"
#include "tests/support/process.h"
#include "tests/unit/sim/schedule/random_job.h"

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
  }
  static void TearDownTestSuite() { benches_.clear(); }

  /// The names of a waveform's signals as viewers write them, without a blank before the range.
  static std::vector<std::string> signals(Bench& bench, const std::filesystem::path& file) {
    std::mt19937 random(1);
    const auto job = random_job(random);
    const Operands operands =
        make_operands(job->job(), job->x, job->residual_or_null(), bench.geometry());
    bench.trace(file, 1, 100);
    EXPECT_EQ(bench.run(operands, make_schedule(operands.layout)).status, JobStatus::kDone);
    std::vector<std::string> names;
    for (const auto& [name, bits] : test::read_fst(file).signals) {
      names.push_back(name);
      std::erase(names.back(), ' ');
    }
    return names;
  }

  static inline std::vector<std::unique_ptr<Bench>> benches_;
};

TEST_F(WaveViewTest, ShowsOnlySignalsThatTheWaveformHas) {
  const test::TempDirectory folder;
  for (const auto& bench : benches_) {
    const auto names = signals(*bench, folder / "wave.fst");
    const Geometry& geometry = bench->geometry();
    for (const WavePlace place : {WavePlace::kNone, WavePlace::kPe, WavePlace::kLane}) {
      for (std::int64_t row = 0; row < geometry.rows; ++row) {
        for (std::int64_t column = 0; column < geometry.cols; ++column) {
          const WaveView view{.wave = "wave.fst",
                              .geometry = geometry,
                              .place = place,
                              .row = row,
                              .column = column};
          for (const WaveGroup& group : wave_groups(view))
            for (const WaveSignal& signal : group.signals)
              EXPECT_TRUE(std::ranges::find(names, signal.name) != names.end())
                  << signal.name << " of " << geometry.rows << "x" << geometry.cols;
        }
      }
    }
  }
}

}  // namespace
}  // namespace systole
