// coverage_test.cpp: whole runs that count which lines and bits of the RTL they cover.
#include "sim/coverage/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const ModuleCoverage& module(const Coverage& coverage, const std::string& name) {
  for (const ModuleCoverage& module : coverage.modules)
    if (module.name == name) return module;
  throw std::out_of_range(name);
}

/// Changes of the bits of a signal that the module declares.
std::map<std::string, std::uint64_t> bits_of(const ModuleCoverage& module,
                                             const std::string& signal) {
  std::map<std::string, std::uint64_t> found;
  for (const auto& [line, bits] : module.toggles)
    for (const auto& [bit, count] : bits)
      if (bit == signal || bit.starts_with(signal + "[")) found[bit] = count;
  EXPECT_FALSE(found.empty()) << signal;
  return found;
}

Coverage coverage_of(const WholeRun& run) {
  return merge_coverage({*run.directory / "coverage/coverage.dat"});
}

json as_json(const Tally& tally) { return {{"covered", tally.covered}, {"total", tally.total}}; }

// The digits hold 8 convolutions and a sum pool, but no max pool.
TEST(Coverage, OfDigitsNamesWhatNoMaxPoolLeavesOut) {
  const WholeRun digits = run({}, {"--coverage"});
  expect_match(digits);
  const Coverage coverage = coverage_of(digits);
  const ModuleCoverage& core = module(coverage, "systole_core");
  for (const auto& [bit, count] : bits_of(core, "cmd_maximum_i")) EXPECT_EQ(count, 0u) << bit;
  for (const char* signal : {"cmd_stream_i", "cmd_valid_i", "clk_i", "out_valid_o"})
    for (const auto& [bit, count] : bits_of(core, signal)) EXPECT_GT(count, 0u) << bit;
  const ModuleCoverage& lanes = module(coverage, "mul_quant");
  EXPECT_GT(lanes.line_tally().covered, 0);

  EXPECT_TRUE(coverage.unread.empty());
  EXPECT_EQ(digits.verdict["coverage"]["lines"], as_json(coverage.lines()));
  EXPECT_EQ(digits.verdict["coverage"]["toggles"], as_json(coverage.toggles()));
  EXPECT_GT(coverage.lines().percent(), 50.0);
  EXPECT_LT(coverage.lines().percent(), 100.0);
  EXPECT_THAT(digits.finished.out, HasSubstr("\ncoverage  "));
  EXPECT_THAT(read_text(*digits.directory / "coverage/coverage.info"),
              HasSubstr("SF:" SYSTOLE_SOURCE_DIR "/rtl/mul_quant.sv\n"));
  EXPECT_THAT(read_text(*digits.directory / "coverage/index.html"), HasSubstr("module mul_quant"));
  EXPECT_FALSE(fs::exists(*digits.directory / "coverage/parts"));
}

TEST(Coverage, IsTheSameWhateverTheNumberOfWorkers) {
  const WholeRun one = run({}, {"--coverage", "--workers", "1"});
  const WholeRun three = run({}, {"--coverage", "--workers", "3"});
  EXPECT_EQ(coverage_of(one).counts, coverage_of(three).counts);
}

TEST(Coverage, OfFewerOpsIsLess) {
  const WholeRun one = run({}, {"--coverage", "--op", "conv1"});
  const WholeRun all = run({}, {"--coverage"});
  EXPECT_LT(coverage_of(one).toggles().covered, coverage_of(all).toggles().covered);
  for (const auto& [bit, count] : bits_of(module(coverage_of(one), "systole_core"), "cmd_stream_i"))
    EXPECT_EQ(count, 0u) << bit;
}

TEST(Coverage, ChangesNoTensorAndNoCycle) {
  const WholeRun plain = run({}), covered = run({}, {"--coverage"});
  EXPECT_EQ(cycles(plain), cycles(covered));
  EXPECT_EQ(compare(plain.rtl(), covered.rtl()), 0);
  EXPECT_NE(plain.verdict["dut"]["key"], covered.verdict["dut"]["key"]);
}

// The op with one row, the last, kills its worker.
TEST(Coverage, IsWithoutTheLastTaskOfAWorkerThatDied) {
  const TempDirectory directory;
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", directory / "rtl", fs::copy_options::recursive);
  replace_once(directory / "rtl/sequencer.sv", "act_pop_q    <= issue;",
               "act_pop_q    <= issue; if (issue && pass_i.rows == 1) $c(\"__builtin_trap();\");");
  const WholeRun crashed = run({}, {"--rtl", directory / "rtl", "--coverage"});
  EXPECT_EQ(crashed.finished.exit_code, 3) << crashed.finished.err;
  EXPECT_GT(crashed.verdict["coverage"]["lines"]["covered"], 0);
  ASSERT_EQ(crashed.verdict["coverage"]["unread"].size(), 1u) << crashed.verdict["coverage"];
  EXPECT_THAT(crashed.verdict["coverage"]["unread"][0].get<std::string>(),
              HasSubstr("the last task of worker process"));
  EXPECT_THAT(crashed.finished.out, HasSubstr("coverage without the last task of worker process"));
}

TEST(Coverage, IsNotLeftByALaterRunWithout) {
  WholeRun digits = run({}, {"--coverage", "--op", "conv1"});
  EXPECT_TRUE(fs::exists(*digits.directory / "coverage/index.html"));
  run_systole(run_arguments(digits.directory->path(), {}, {"--op", "conv1"}));
  EXPECT_FALSE(fs::exists(*digits.directory / "coverage"));
}

TEST(Coverage, DoesNotGoWithResume) {
  const TempDirectory out;
  const Finished refused = run_systole(run_arguments(out.path(), {}, {"--coverage", "--resume"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--resume"));
}

}  // namespace
}  // namespace systole::test
