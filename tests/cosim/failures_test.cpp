// failures_test.cpp: a design that asserts, stops, hangs or crashes is reported as just that, with
// the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/cosim/plant.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kIssue = "act_pop_q    <= issue;";

/// Line of the first `text` in a file, from 1.
std::int64_t line_of(const std::filesystem::path& file, const std::string& text) {
  const std::string content = read_text(file);
  const auto end = content.begin() + static_cast<std::ptrdiff_t>(content.find(text));
  return 1 + std::count(content.begin(), end, '\n');
}

/// conv1 on a core whose sequencer does `action` beside issuing a row.
class Failing : public testing::Test {
 protected:
  WholeRun run_with(const std::string& action, const std::vector<std::string>& settings = {}) {
    plant(directory_ / "rtl", "sequencer.sv", kIssue, kIssue + (" " + action));
    return run(settings, {"--rtl", directory_ / "rtl", "--op", "conv1"});
  }
  std::int64_t line() const { return line_of(directory_ / "rtl/sequencer.sv", kIssue); }

  const TempDirectory directory_;
};

/// The design's clock started with the op: what it prints as the time is the cycles before this
/// one.
std::int64_t cycle_in(const std::string& message) {
  std::smatch match;
  EXPECT_TRUE(std::regex_search(message, match, std::regex("^\\[([0-9]+)\\]"))) << message;
  return match.empty() ? -1 : std::stoll(match[1]) + 1;
}

TEST_F(Failing, AssertionsAreGivenWithMessagePlaceAndCycle) {
  const WholeRun failed = run_with("if (issue) assert (row_q != 3) else $error(\"a fourth row\");");
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.out << failed.finished.err;
  const json op = row(failed, "conv1");
  EXPECT_EQ(op["state"], "failed");
  EXPECT_THAT(op["message"], HasSubstr("a fourth row"));
  EXPECT_EQ(op["failure"], (json{{"kind", "assertion"},
                                 {"cycle", cycle_in(op["message"])},
                                 {"file", "sequencer.sv"},
                                 {"line", line()}}));
  // Four weights in cycles 1 to 4, row 0 two cycles behind the last one (rtl/README.md).
  EXPECT_EQ(op["failure"]["cycle"], 4 + 2 + 3);
  EXPECT_THAT(
      failed.finished.out,
      HasSubstr("conv1: assertion at sequencer.sv:" + std::to_string(line()) + " in cycle "));
}

TEST_F(Failing, FatalErrorsAreAssertionsToo) {
  const WholeRun failed = run_with("if (issue && row_q == 3) $fatal(1, \"no more rows\");");
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.out << failed.finished.err;
  const json op = row(failed, "conv1");
  EXPECT_EQ(op["failure"]["kind"], "assertion");
  EXPECT_EQ(op["failure"]["file"], "sequencer.sv");
  EXPECT_EQ(op["failure"]["line"], line());
  EXPECT_THAT(op["message"], HasSubstr("no more rows"));
}

TEST_F(Failing, FinishIsNoAssertion) {
  const WholeRun failed = run_with("if (issue && row_q == 3) $finish;");
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.out << failed.finished.err;
  EXPECT_EQ(row(failed, "conv1")["failure"]["kind"], "other");
  EXPECT_EQ(row(failed, "conv1")["failure"]["line"], line());
}

TEST_F(Failing, CrashesAreCaughtInTheirWorker) {
  const WholeRun failed = run_with("if (issue && row_q == 3) $c(\"__builtin_trap();\");");
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.out << failed.finished.err;
  const json op = row(failed, "conv1");
  EXPECT_EQ(op["failure"]["kind"], "crash");
  EXPECT_THAT(op["message"], HasSubstr("was killed by signal 4 (SIGILL)"));
  EXPECT_THAT(failed.finished.out, HasSubstr("conv1: crash\n"));
}

// Rows stop after the fourth: activations are not taken any more, outputs do not come.
TEST(Hanging, IsGivenWithTheChannelThatWaitsAndSinceWhen) {
  const TempDirectory directory;
  plant(directory / "rtl", "sequencer.sv", "assign issue = ", "assign issue = row_q != 3 && ");
  const WholeRun failed =
      run({"bench.watchdog=1000"}, {"--rtl", directory / "rtl", "--op", "conv1"});
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.out << failed.finished.err;
  const json op = row(failed, "conv1");
  EXPECT_EQ(op["failure"]["kind"], "hang");
  EXPECT_THAT(op["message"], StartsWith("stuck on " + op["failure"]["channel"].get<std::string>()));
  EXPECT_GT(op["failure"]["cycle"], 10);
  EXPECT_LT(op["failure"]["cycle"], 60) << "the FIFOs fill up, then nothing moves";
  EXPECT_THAT(failed.finished.out, HasSubstr("conv1: hang since cycle "));
  EXPECT_THAT(failed.finished.out, HasSubstr(" channel waits\n"));
}

}  // namespace
}  // namespace systole::test
