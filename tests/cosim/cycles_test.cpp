// cycles_test.cpp: the core takes exactly the cycles that the model predicts, and computes any job.
#include "sim/schedule/cycles.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/bench/bench.h"
#include "sim/schedule/tasks.h"
#include "tests/support/process.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

struct Size {
  std::int64_t rows, cols;
};

class Core : public testing::TestWithParam<Size> {
 protected:
  /// The designs of run_test.cpp. SystemC elaborates all benches before one runs.
  static void SetUpTestSuite() {
    ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1);
    for (const Size size : {Size{4, 4}, Size{16, 16}, Size{8, 4}, Size{4, 8}}) {
      DutConfig config;
      config.dir = source_root() / "rtl";
      config.parameters = {{"Rows", size.rows}, {"Cols", size.cols}};
      config.optimize = "O0";
      benches_[{size.rows, size.cols}] = std::make_unique<Bench>(build_dut(config), BenchOptions{});
    }
  }
  static void TearDownTestSuite() { benches_.clear(); }

  Bench& bench() { return *benches_.at({GetParam().rows, GetParam().cols}); }

  static inline std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<Bench>> benches_;
};

TEST_P(Core, ComputesAnyJobInThePredictedCycles) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    const auto job = random_job(random);
    Geometry geometry = bench().geometry();
    geometry.acc_depth = 2 + static_cast<std::uint32_t>(random()) % 60;  // Chunks of few rows, too.
    const Operands operands = make_operands(job->job(), job->inputs(), geometry);
    const Schedule schedule = make_schedule(operands.layout);
    const JobResult result = bench().run(operands, schedule);
    const std::string text = job->text + ", seed " + std::to_string(seed);
    ASSERT_EQ(result.status, JobStatus::kDone) << result.message << text;
    EXPECT_EQ(result.accumulators.data, job->accumulators.data) << text;
    if (job->has_quant) {
      EXPECT_EQ(result.output.data, job->output.data) << text;
    }
    EXPECT_EQ(static_cast<std::int64_t>(result.cycles), predict(operands.layout, schedule).total)
        << text << ", chunks of " << geometry.acc_depth;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Core,
                         testing::Values(Size{4, 4}, Size{16, 16}, Size{8, 4}, Size{4, 8}),
                         [](const auto& size) {
                           return std::to_string(size.param.rows) + "x" +
                                  std::to_string(size.param.cols);
                         });

}  // namespace
}  // namespace systole
