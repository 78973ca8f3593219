// coverage_test.cpp: whole runs that count which lines and bits of the RTL they cover.
#include "sim/coverage/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "tests/cosim/plant.h"
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

/// Runs that count what they cover, all of one design: it takes long to build. So it is as small as
/// can be, and has a line that the digits do not reach.
class RunCoverage : public testing::Test {
 protected:
  RunCoverage() {
    plant(rtl(), "sequencer.sv", "    if (param_take_o) residual_q <= pass_residual_i;",
          "    if (param_take_o) residual_q <= pass_residual_i;\n"
          "    if (pass_valid_i && pass_i.maximum)\n"
          "      residual_q <= 1'b0;");
  }
  fs::path rtl() const { return directory_ / "rtl"; }
  std::vector<std::string> arguments(const fs::path& out, std::vector<std::string> options) const {
    options.insert(options.end(), {"--rtl", rtl()});
    return run_arguments(out, kSmall, options);
  }
  WholeRun cover(std::vector<std::string> options) const {
    options.insert(options.end(), {"--coverage", "--rtl", rtl()});
    return run(kSmall, options);
  }

  const std::vector<std::string> kSmall = {"dut.parameters.Rows=2", "dut.parameters.Cols=2"};
  const TempDirectory directory_;
};

/// One product, the sum pool and the last product: each kind of job in few cycles.
const std::vector<std::string> kFewOps = {"--op", "[cpl]*"};

// No op of the digits is a max pool.
TEST_F(RunCoverage, NamesTheBitsThatTheOpsLeaveOut) {
  const WholeRun digits = cover(kFewOps);
  EXPECT_EQ(digits.finished.exit_code, 0) << digits.finished.out << digits.finished.err;
  const Coverage coverage = coverage_of(digits);
  const ModuleCoverage& core = module(coverage, "systole_core");
  for (const auto& [bit, count] : bits_of(core, "cmd_maximum_i")) EXPECT_EQ(count, 0u) << bit;
  for (const char* signal : {"cmd_stream_i", "cmd_valid_i", "clk_i", "out_valid_o"})
    for (const auto& [bit, count] : bits_of(core, signal)) EXPECT_GT(count, 0u) << bit;

  EXPECT_TRUE(coverage.unread.empty());
  EXPECT_EQ(digits.verdict["coverage"]["lines"], as_json(coverage.lines()));
  EXPECT_EQ(digits.verdict["coverage"]["toggles"], as_json(coverage.toggles()));
  EXPECT_GT(coverage.lines().percent(), 50.0);
  EXPECT_GT(coverage.toggles().percent(), 50.0);
  EXPECT_LT(coverage.toggles().percent(), 100.0);
  EXPECT_THAT(digits.finished.out, HasSubstr("\ncoverage  "));
  EXPECT_THAT(read_text(*digits.directory / "coverage/coverage.info"),
              HasSubstr("SF:" + (rtl() / "mul_quant.sv").string() + "\n"));
  EXPECT_THAT(read_text(*digits.directory / "coverage/index.html"), HasSubstr("module mul_quant"));
  EXPECT_FALSE(fs::exists(*digits.directory / "coverage/parts"));
}

TEST_F(RunCoverage, OfFewerOpsIsLess) {
  const Coverage one = coverage_of(cover({"--op", "conv1"}));
  EXPECT_LT(one.toggles().covered, coverage_of(cover(kFewOps)).toggles().covered);
  for (const auto& [bit, count] : bits_of(module(one, "systole_core"), "cmd_stream_i"))
    EXPECT_EQ(count, 0u) << bit;
}

TEST_F(RunCoverage, NamesALineThatIsNeverReached) {
  const std::string source = read_text(rtl() / "sequencer.sv");
  const auto at = static_cast<std::ptrdiff_t>(source.find("      residual_q <= 1'b0;\n  end"));
  const std::int64_t line = std::count(source.begin(), source.begin() + at, '\n') + 1;

  const WholeRun digits = cover({"--op", "conv1"});
  EXPECT_EQ(digits.finished.exit_code, 0) << digits.finished.out << digits.finished.err;
  const auto lines = module(coverage_of(digits), "sequencer").lines;
  EXPECT_EQ(lines.at(line), 0u);
  EXPECT_GT(lines.at(line - 3), 0u);  // Above both.
  EXPECT_LT(digits.verdict["coverage"]["lines"]["covered"],
            digits.verdict["coverage"]["lines"]["total"]);
  EXPECT_THAT(read_text(*digits.directory / "coverage/index.html"),
              HasSubstr("<div class=\"miss\"><u>" + std::to_string(line) + "</u><u>0</u>"));
}

TEST_F(RunCoverage, ChangesNoTensorAndNoCycle) {
  const WholeRun plain = run(kSmall, {"--op", "[cpl]*", "--rtl", rtl()}), covered = cover(kFewOps);
  EXPECT_EQ(cycles(plain), cycles(covered));
  EXPECT_EQ(compare(plain.rtl(), covered.rtl()), 0);
  EXPECT_NE(plain.verdict["dut"]["key"], covered.verdict["dut"]["key"]);
}

/// One op, in several tasks.
const std::vector<std::string> kTasks = {"--op", "block2.conv1*"};

TEST_F(RunCoverage, IsTheSameWhateverTheNumberOfWorkers) {
  std::vector<std::string> one = kTasks, two = kTasks;
  one.insert(one.end(), {"--workers", "1"});
  two.insert(two.end(), {"--workers", "2"});
  EXPECT_EQ(coverage_of(cover(one)).counts, coverage_of(cover(two)).counts);
}

/// The process that is in the middle of a task, once there is one.
pid_t busy_worker(Process& run, const fs::path& parts) {
  std::error_code error;
  while (run.running())
    for (const auto& file : fs::directory_iterator(parts, error))
      if (file.path().extension() == ".open") return std::stoi(file.path().stem());
  return 0;
}

TEST_F(RunCoverage, IsWithoutTheLastTaskOfAWorkerThatDied) {
  cover({"--op", "conv1"});  // The design is in the cache from here on.
  const TempDirectory out;
  std::vector<std::string> options = kTasks;
  options.push_back("--coverage");
  Process process(systole_command(arguments(out.path(), options)));
  const pid_t worker = busy_worker(process, out / "coverage/parts");
  ASSERT_GT(worker, 0);
  ::kill(worker, SIGKILL);
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
  const json coverage = json::parse(read_text(out / "verdict.json"))["coverage"];
  EXPECT_GT(coverage["lines"]["covered"], 0);  // Of the other tasks.
  ASSERT_EQ(coverage["unread"].size(), 1u) << coverage;
  const std::string lost = "the last task of worker process " + std::to_string(worker);
  EXPECT_THAT(coverage["unread"][0].get<std::string>(), HasSubstr(lost));
  EXPECT_THAT(finished.out, HasSubstr("coverage without " + lost));
}

TEST_F(RunCoverage, IsNotLeftByALaterRunWithout) {
  const WholeRun digits = cover({"--op", "conv1"});
  EXPECT_TRUE(fs::exists(*digits.directory / "coverage/index.html"));
  run_systole(arguments(digits.directory->path(), {"--op", "conv1"}));
  EXPECT_FALSE(fs::exists(*digits.directory / "coverage"));
}

TEST_F(RunCoverage, DoesNotGoWithResume) {
  const TempDirectory out;
  const Finished refused = run_systole(arguments(out.path(), {"--coverage", "--resume"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--resume"));
}

}  // namespace
}  // namespace systole::test
