// runner.h: runs the cases of a regression, several at a time, with time limits and retries.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "flows/regress/result.h"

namespace systole::regress {

/// A case that is to run.
struct CaseTask {
  CaseResult plan;                   ///< Name to folder; how it ends is filled in.
  std::vector<std::string> command;  ///< Writes verdict.json to `out`.
  std::string out;
  double time_limit = 0.0;  ///< Seconds of one attempt.
};

struct RunnerOptions {
  int jobs = 1;
  int retries = 0;  ///< Further attempts of a task that failed or ran out of time.
};

/// For the progress line.
struct RunnerProgress {
  std::size_t done = 0, total = 0, bad = 0;
  std::vector<std::string> running;  ///< Titles.
};

struct RunnerHooks {
  std::function<void(const CaseResult&, std::size_t task)> finished;
  std::function<void(const RunnerProgress&)> progress;  ///< Many times a second.
  std::function<bool()> keep_going;                     ///< Asked as often; false stops all tasks.
};

/// The results in the order of `tasks`; those that `keep_going` stopped are kNotRun, and
/// `hooks.finished` has not seen them. Attempt N prints to `out`/attempt-N.log. No process outlives
/// the call, or this process.
std::vector<CaseResult> run_tasks(const std::vector<CaseTask>& tasks, const RunnerOptions& options,
                                  const RunnerHooks& hooks);

/// What is printed last in a log, or that it is empty: the reason of a run without a verdict.
std::string last_line_of(const std::string& log);

}  // namespace systole::regress
