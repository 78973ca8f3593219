// bench_test.cpp: how the bench judges designs that hang, fail, say too much or take too little.
//
// SystemC elaborates once per process, so all benches are built before the first one runs.
#include "sim/bench/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <map>

#include "model/ops/int_matmul.h"
#include "tests/support/process.h"

namespace systole {
namespace {

using testing::HasSubstr;

struct Edit {
  std::string from, to;
};

/// What each design does wrong: an edit of the stand-in of tests/unit/sim/dut/design.
const std::map<std::string, Edit> kDesigns = {
    {"good", {"", ""}},
    {"never done with weights", {"if (int'(left_q) == Rows - 1)", "if (int'(left_q) == Rows)"}},
    {"no residual",
     {"residual_ready_o = places_free && residual_q && act_valid_i", "residual_ready_o = 1'b0"}},
    {"one more output",
     {"Idle: if (cmd_valid_i) begin",
      "Idle: if (!cmd_valid_i && last_q && row_q != 0 && !out_valid_o) begin\n"
      "          out_valid_o <= 1;\n          row_q <= 0;\n        end else if (cmd_valid_i) "
      "begin"}},
    {"fatal", {"if (cmd_rows_i == 0)", "if (cmd_rows_i == 3)"}},
};

BuiltDut build(const test::TempDirectory& folder, const std::string& name, const Edit& edit) {
  namespace fs = std::filesystem;
  const fs::path dir = folder / name;
  fs::copy(source_root() / "tests/unit/sim/dut/design", dir, fs::copy_options::recursive);
  std::string text = test::read_text(dir / "stub_core.sv");
  const std::size_t at = text.find(edit.from);
  EXPECT_NE(at, std::string::npos) << edit.from;
  test::write_text(dir / "stub_core.sv", text.replace(at, edit.from.size(), edit.to));
  DutConfig config;
  config.dir = dir;
  config.parameters = {{"Rows", 4}, {"Cols", 4}, {"AccDepth", 16}};
  config.optimize = "O0";
  return build_dut(config);
}

class BenchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1);
    const test::TempDirectory folder;
    BenchOptions options;
    options.watchdog = 1000;
    for (const auto& [name, edit] : kDesigns)
      benches_[name] = std::make_unique<Bench>(build(folder, name, edit), options);
  }
  static void TearDownTestSuite() { benches_.clear(); }

  /// 3 rows of a 4x4 product with a residual, on one of the designs.
  JobResult run(const std::string& design) {
    const Geometry geometry = benches_.at(design)->geometry();
    const Operands operands = make_operands({&product_, &quant_}, x_, &residual_, geometry);
    return benches_.at(design)->run(operands, make_schedule(operands.layout));
  }

  static inline std::map<std::string, std::unique_ptr<Bench>> benches_;
  IntTensor x_{{3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, -9, 10, -11, 12}};
  IntTensor w_{{4, 4}, {1, 0, 0, 2, 0, 1, 0, 2, 0, 0, 1, 2, 3, 3, 3, 3}};
  IntTensor residual_{{3, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2}};
  IntNode product_{"fc", {"x"}, IntMatmul{w_}, {}};
  IntNode quant_{
      "fc.quant", {"fc", "r"}, MulQuant{.channels = {{1, 0, 0, 1, 0}}, .clamp = {-90, 90}}, {}};
};

TEST_F(BenchTest, CollectsWhatAGoodDesignComputes) {
  const JobResult result = run("good");
  EXPECT_EQ(result.status, JobStatus::kDone) << result.message;
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.extra_beats, 0U);
  EXPECT_GT(result.cycles, 3U);
  const IntTensor acc = int_matmul(x_, w_);
  EXPECT_EQ(result.accumulators.data, acc.data);
  EXPECT_EQ(result.output.data, mul_quant(acc, &residual_, std::get<MulQuant>(quant_.op)).data);
}

TEST_F(BenchTest, NamesTheChannelThatADesignIsStuckOn) {
  const JobResult result = run("never done with weights");
  EXPECT_EQ(result.status, JobStatus::kHang);
  EXPECT_FALSE(result.complete);
  EXPECT_THAT(result.message, HasSubstr("stuck on"));
  EXPECT_THAT(result.message, HasSubstr("parameter (0 of 4 beats, none yet, valid but not ready)"));
}

TEST_F(BenchTest, RecoversFromAHangWithAFreshDesign) {
  run("never done with weights");
  EXPECT_EQ(run("never done with weights").status, JobStatus::kHang);
  EXPECT_EQ(run("good").status, JobStatus::kDone);
}

TEST_F(BenchTest, FailsADesignThatLeavesInputBeats) {
  const JobResult result = run("no residual");
  EXPECT_EQ(result.status, JobStatus::kFailed);
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(result.message, HasSubstr("all outputs came before the inputs were taken: stuck on "
                                        "residual (0 of 3 beats"));
}

TEST_F(BenchTest, CountsBeatsThatNobodyExpects) {
  const JobResult result = run("one more output");
  EXPECT_EQ(result.status, JobStatus::kDone) << result.message;
  EXPECT_EQ(result.extra_beats, 1U);
}

TEST_F(BenchTest, ReportsTheTextOfAFatalError) {
  const JobResult result = run("fatal");
  EXPECT_EQ(result.status, JobStatus::kFailed);
  EXPECT_THAT(result.message, HasSubstr("a pass of no rows"));
}

}  // namespace
}  // namespace systole
