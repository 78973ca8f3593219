// runner_test.cpp: programs that end well, badly, late, never, or only at the second attempt.
#include "flows/regress/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "sim/report/json.h"
#include "tests/flows/regress/sample.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

using testing::HasSubstr;

/// Runs shell scripts as cases; each has a folder of its own as $1, and `verdict STATE` writes
/// verdict.json there.
class Runs : public testing::Test {
 protected:
  CaseTask task(const std::string& name, const std::string& script, double time_limit = 60.0) {
    CaseTask task;
    task.plan.name = name;
    task.out = folder_.path(name);
    std::filesystem::create_directory(task.out);
    for (const VerdictState state :
         {VerdictState::kMatch, VerdictState::kMismatch, VerdictState::kFailed})
      write_text(folder_ / std::string(to_string(state)), verdict(state));
    task.command = {
        "/bin/sh", "-c",
        "verdict() { cp " + folder_.path() + "/$1 $out/verdict.json; }; out=$1; " + script, "sh",
        task.out};
    task.time_limit = time_limit;
    return task;
  }

  static std::string verdict(VerdictState state) {
    RunReport report;
    report.totals = {state, 10, state == VerdictState::kMismatch ? 1 : 0};
    report.network = "net";
    return to_json(report);
  }

  std::vector<CaseResult> run(const std::vector<CaseTask>& tasks, const RunnerOptions& options) {
    const RunnerHooks hooks = {
        [&](const CaseResult& one, std::size_t) { seen_.push_back(one.name); },
        [&](const RunnerProgress& now) { most_ = std::max(most_, now.running.size()); },
        [&] { return !stop_ || !stop_(); }};
    return run_tasks(tasks, options, hooks);
  }

  TempDirectory folder_;
  std::vector<std::string> seen_;
  std::size_t most_ = 0;
  std::function<bool()> stop_;
};

TEST_F(Runs, HaveTheStateThatStatusAndVerdictAgreeOn) {
  const auto results =
      run({task("good", "verdict match"), task("wrong", "verdict mismatch; exit 1"),
           task("broken", "verdict failed; echo the reason; exit 3"),
           task("refused", "echo a.yaml:1: got x >&2; exit 2"), task("silent", "exit 0"),
           task("lying", "verdict mismatch; exit 0"), task("crashed", "kill -SEGV $$")},
          {2, 0});
  EXPECT_EQ(results[0].state, CaseState::kMatch);
  EXPECT_EQ(results[0].verdict.compared, 10);
  EXPECT_EQ(results[1].state, CaseState::kMismatch);
  EXPECT_EQ(results[2].state, CaseState::kFailed);
  EXPECT_EQ(results[2].message, "exited with status 3: the reason");
  EXPECT_EQ(results[3].state, CaseState::kFailed);
  EXPECT_EQ(results[3].message, "exited with status 2: a.yaml:1: got x");
  EXPECT_EQ(results[4].state, CaseState::kFailed);
  EXPECT_EQ(results[5].state, CaseState::kFailed);
  EXPECT_EQ(results[6].state, CaseState::kFailed);
  EXPECT_EQ(results[6].attempts[0].status, 128 + SIGSEGV);
  EXPECT_EQ(seen_.size(), 7);
  EXPECT_EQ(most_, 2);
}

TEST_F(Runs, ADamagedVerdictIsAFailure) {
  const auto results =
      run({task("cut", "verdict match; truncate -s 40 $out/verdict.json")}, {1, 0});
  EXPECT_EQ(results[0].state, CaseState::kFailed);
  EXPECT_THAT(results[0].message, HasSubstr("damaged"));
}

TEST_F(Runs, EndAtTheirTimeLimitWithAllThatTheyStarted) {
  const auto results =
      run({task("late", "verdict match; sleep 100 & echo $! > $out/pid; wait", 0.3)}, {1, 0});
  EXPECT_EQ(results[0].state, CaseState::kTimeout);
  EXPECT_EQ(results[0].message, "still running after its time limit of 0.3 s");
  std::string sleeper = read_text(folder_.path("late") + "/pid");
  sleeper.pop_back();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  // Gone, or dead and not yet collected, which has no command line.
  EXPECT_EQ(read_text("/proc/" + sleeper + "/cmdline"), "") << sleeper;
}

TEST_F(Runs, AreKilledWhenTheyDoNotListen) {
  const auto results = run({task("deaf", "trap '' INT; while :; do sleep 1; done", 0.2)}, {1, 0});
  EXPECT_EQ(results[0].state, CaseState::kTimeout);
  EXPECT_EQ(results[0].attempts[0].status, 128 + SIGKILL);
}

TEST_F(Runs, ThatFailAndThenMatchAreFlaky) {
  const auto results =
      run({task("flaky", "[ -e $out/again ] || { touch $out/again; exit 3; }; verdict match"),
           task("steady", "verdict match")},
          {1, 2});
  EXPECT_EQ(results[0].state, CaseState::kFlaky);
  ASSERT_EQ(results[0].attempts.size(), 2);
  EXPECT_EQ(results[0].attempts[0].state, CaseState::kFailed);
  EXPECT_EQ(results[1].attempts.size(), 1);
  Regression all;
  all.cases = results;
  EXPECT_EQ(exit_code(all, false), 3);
}

TEST_F(Runs, AreNotRetriedForAMismatch) {
  const auto results = run({task("wrong", "verdict mismatch; exit 1")}, {1, 2});
  EXPECT_EQ(results[0].state, CaseState::kMismatch);
  EXPECT_EQ(results[0].attempts.size(), 1);
}

TEST_F(Runs, ThatFailEveryTimeAreTriedAsOftenAsAsked) {
  const auto results = run({task("broken", "exit 3")}, {1, 2});
  EXPECT_EQ(results[0].state, CaseState::kFailed);
  EXPECT_EQ(results[0].attempts.size(), 3);
}

TEST_F(Runs, ThatWereStoppedHaveNotRun) {
  std::vector<CaseTask> tasks = {task("first", "verdict match"), task("long", "sleep 100"),
                                 task("next", "verdict match")};
  stop_ = [&] { return !seen_.empty(); };
  const auto results = run(tasks, {1, 0});
  EXPECT_EQ(results[0].state, CaseState::kMatch);
  EXPECT_EQ(results[1].state, CaseState::kNotRun);
  EXPECT_EQ(results[2].state, CaseState::kNotRun);
  EXPECT_THAT(seen_, testing::ElementsAre("first"));
}

}  // namespace
}  // namespace systole::test
