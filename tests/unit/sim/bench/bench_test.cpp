// bench_test.cpp: how the bench judges designs that hang, fail, say too much or take too little.
//
// SystemC elaborates once per process, so all benches are built before the first one runs.
#include "sim/bench/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <map>

#include "model/config/error.h"
#include "model/ops/int_matmul.h"
#include "tests/support/fst.h"
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

BuiltDut build(const test::TempDirectory& folder, const std::string& name, const Edit& edit,
               Instrument instrument) {
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
  config.instrument = instrument;
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
      benches_[name] =
          std::make_unique<Bench>(build(folder, name, edit, Instrument::kNone), options);
    for (const Instrument instrument : {Instrument::kTrace, Instrument::kCoverage}) {
      const std::string name(to_string(instrument));
      benches_[name] = std::make_unique<Bench>(build(folder, name, {}, instrument), options);
    }
  }
  static void TearDownTestSuite() { benches_.clear(); }

  /// 3 rows of a 4x4 product with a residual, on one of the designs.
  JobResult run(const std::string& design) {
    const Geometry geometry = benches_.at(design)->geometry();
    const Operands operands = make_operands({&product_, &quant_}, {x_, &residual_}, geometry);
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
  EXPECT_EQ(result.failure, Failure{});
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

// The design takes the command and the weights, and then nothing for ever.
TEST_F(BenchTest, SaysSinceWhenADesignHangs) {
  const JobResult result = run("never done with weights");
  EXPECT_EQ(result.failure.kind, FailureKind::kHang);
  EXPECT_THAT(result.message, HasSubstr("stuck on " + result.failure.channel));
  EXPECT_EQ(result.failure.channel, "activation");
  EXPECT_GE(result.failure.cycle, 4U);
  EXPECT_LT(result.failure.cycle, 20U);
  EXPECT_GE(result.cycles, 1000U);
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
  EXPECT_EQ(result.failure, (Failure{.kind = FailureKind::kOther, .cycle = result.cycles}));
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
  EXPECT_EQ(result.failure.kind, FailureKind::kAssertion);
  EXPECT_EQ(result.failure.file, "stub_core.sv");
  EXPECT_GT(result.failure.line, 0);
  EXPECT_EQ(result.failure.cycle, result.cycles);
}

TEST_F(BenchTest, SaysWhichBenchesHaveInstruments) {
  EXPECT_FALSE(benches_.at("good")->can_trace());
  EXPECT_FALSE(benches_.at("good")->counts_coverage());
  EXPECT_TRUE(benches_.at("trace")->can_trace());
  EXPECT_TRUE(benches_.at("coverage")->counts_coverage());
}

// A beat's transfer is seen in the waveform at the time that the observer says.
TEST_F(BenchTest, TracesTheNextJobOnly) {
  const test::TempDirectory folder;
  Bench& bench = *benches_.at("trace");
  std::uint64_t first_output = 0;
  bench.observe([&](Channel channel, std::uint64_t beat, std::uint64_t cycle) {
    if (channel == kOutput && beat == 0) first_output = cycle;
  });
  bench.trace(folder / "wave.fst", 2, 1000);
  const JobResult traced = run("trace");
  bench.observe({});
  const auto size = std::filesystem::file_size(folder / "wave.fst");
  EXPECT_EQ(run("trace").output.data, traced.output.data);
  EXPECT_EQ(std::filesystem::file_size(folder / "wave.fst"), size);

  EXPECT_EQ(traced.cycles, run("good").cycles);
  const test::Fst wave = test::read_fst(folder / "wave.fst");
  EXPECT_EQ(wave.first, 2 * abi::kTicksPerCycle);
  EXPECT_GT(wave.last, traced.cycles * abi::kTicksPerCycle) << "some idle cycles";
  EXPECT_LT(wave.last, (traced.cycles + 100) * abi::kTicksPerCycle);
  ASSERT_GT(first_output, 2U);
  const auto valid = [&](std::uint64_t cycle) {
    return test::value_at(folder / "wave.fst", "TOP.systole_core.out_valid_o",
                          cycle * abi::kTicksPerCycle);
  };
  EXPECT_EQ(valid(first_output), "1");
  EXPECT_EQ(valid(first_output - 1), "0");
}

TEST_F(BenchTest, SaysWhichWaveformCannotBeWritten) {
  benches_.at("trace")->trace("/proc/nowhere/wave.fst", 1, 2);
  EXPECT_THROW(run("trace"), InputError);
}

TEST_F(BenchTest, ShowsEveryBeatWithItsCycle) {
  const std::uint64_t cycles = run("good").cycles;
  std::map<Channel, std::vector<std::uint64_t>> seen;
  benches_.at("good")->observe([&](Channel channel, std::uint64_t beat, std::uint64_t cycle) {
    EXPECT_EQ(beat, seen[channel].size());
    EXPECT_GT(cycle, seen[channel].empty() ? 0U : seen[channel].back());
    seen[channel].push_back(cycle);
  });
  const JobResult result = run("good");
  benches_.at("good")->observe({});
  EXPECT_EQ(result.cycles, cycles);
  EXPECT_EQ(seen[kOutput].size(), 3U);
  EXPECT_EQ(seen[kTap].size(), 3U);
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(std::max(seen[kOutput].back(), seen[kTap].back()), cycles);

  run("good");
  EXPECT_EQ(seen[kOutput].size(), 3U) << "nobody looks any more";
}

std::uint64_t counts_in(const std::filesystem::path& file) {
  std::uint64_t sum = 0;
  std::istringstream in(test::read_text(file));
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("C '")) sum += std::stoull(line.substr(line.rfind(' ')));
  return sum;
}

// A fresh design counts from zero; what it covers in a job does not depend on that.
TEST_F(BenchTest, AddsUpWhatAllItsDesignsCover) {
  const test::TempDirectory folder;
  Bench& bench = *benches_.at("coverage");
  const auto after_a_job = [&](const std::string& name) {
    bench.restart();
    run("coverage");
    bench.write_coverage(folder / name);
    return counts_in(folder / name);
  };
  const std::uint64_t first = after_a_job("first");
  const std::uint64_t second = after_a_job("second");
  const std::uint64_t third = after_a_job("third");
  EXPECT_GT(first, 100U);
  const auto once = static_cast<double>(first);
  EXPECT_NEAR(static_cast<double>(second), 2.0 * once, 0.1 * once);
  EXPECT_NEAR(static_cast<double>(third), 3.0 * once, 0.1 * once);
}

}  // namespace
}  // namespace systole
