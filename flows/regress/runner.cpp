// runner.cpp: a queue of attempts over a number of places.
#include "flows/regress/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "flows/regress/child.h"
#include "flows/regress/read_case.h"
#include "model/config/error.h"

namespace systole::regress {
namespace {

constexpr int kFirstSignal = 128;

/// A task that is running.
struct Running {
  std::size_t task;
  bool out_of_time;
  std::string log;
  std::unique_ptr<Child> child;
};

std::string how_it_ended(int status) {
  return status > kFirstSignal
             ? fmt::format("was killed by signal {} (crash)", status - kFirstSignal)
             : fmt::format("exited with status {}", status);
}

/// The state that `status` and the verdict agree on; a message where they do not or it failed.
void judge(const CaseTask& task, const Running& running, int status, CaseResult& result) {
  result.message.clear();
  result.verdict = {};
  CaseState& state = result.state;
  const std::string file = task.out + "/verdict.json";
  std::string said, reason;
  if (std::filesystem::exists(file)) {
    try {
      const ReadCase read = read_case(file);
      result.verdict = read.verdict;
      said = read.state;
      reason = read.reason;
    } catch (const InputError& error) {
      reason = error.what();
    }
  }
  state = CaseState::kFailed;
  if (running.out_of_time) {
    state = CaseState::kTimeout;
    result.message = fmt::format("still running after its time limit of {} s", task.time_limit);
  } else if (status == 0 && said == "match") {
    state = CaseState::kMatch;
  } else if (status == 1 && said == "mismatch") {
    state = CaseState::kMismatch;
  } else {
    if (reason.empty()) reason = last_line_of(running.log);
    result.message = fmt::format("{}: {}", how_it_ended(status), reason);
  }
}

class Runner {
 public:
  Runner(const std::vector<CaseTask>& tasks, const RunnerOptions& options, const RunnerHooks& hooks)
      : tasks_(tasks), options_(options), hooks_(hooks) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      results_.push_back(tasks[i].plan);
      waiting_.push_back(i);
    }
  }

  std::vector<CaseResult> run() {
    bool going = true;
    while (!waiting_.empty() || !running_.empty()) {
      going = going && hooks_.keep_going();
      if (!going) waiting_.clear();
      while (going && !waiting_.empty() &&
             running_.size() < static_cast<std::size_t>(options_.jobs))
        start_next();
      for (Running& one : running_) watch(one, going);
      reap(going);
      hooks_.progress(progress());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::move(results_);
  }

 private:
  void start_next() {
    const std::size_t task = waiting_.front();
    waiting_.pop_front();
    const std::string log =
        fmt::format("{}/attempt-{}.log", tasks_[task].out, results_[task].attempts.size() + 1);
    running_.push_back({task, false, log, std::make_unique<Child>(tasks_[task].command, log)});
  }

  void watch(Running& one, bool going) {
    if (one.child->seconds() > tasks_[one.task].time_limit) one.out_of_time = true;
    if (one.out_of_time || !going) one.child->stop();
  }

  void reap(bool going) {
    for (std::size_t i = 0; i < running_.size();) {
      const auto status = running_[i].child->status();
      if (!status) {
        ++i;
        continue;
      }
      if (going) ended(running_[i], *status);
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  void ended(const Running& one, int status) {
    CaseResult& result = results_[one.task];
    judge(tasks_[one.task], one, status, result);
    result.attempts.push_back({result.state, status, one.child->seconds()});
    const bool bad = result.state == CaseState::kFailed || result.state == CaseState::kTimeout;
    if (bad && static_cast<int>(result.attempts.size()) <= options_.retries) {
      result.state = CaseState::kNotRun;
      waiting_.push_back(one.task);
      return;
    }
    if (result.state == CaseState::kMatch && result.attempts.size() > 1) {
      result.state = CaseState::kFlaky;
      result.message = fmt::format("matched in attempt {}, after {}", result.attempts.size(),
                                   to_string(result.attempts.front().state));
    }
    ++done_;
    bad_ += result.state != CaseState::kMatch;
    hooks_.finished(result, one.task);
  }

  RunnerProgress progress() const {
    RunnerProgress progress{done_, tasks_.size(), bad_, {}};
    for (const Running& one : running_) progress.running.push_back(tasks_[one.task].plan.title());
    return progress;
  }

  const std::vector<CaseTask>& tasks_;
  const RunnerOptions options_;
  const RunnerHooks& hooks_;
  std::vector<CaseResult> results_;
  std::deque<std::size_t> waiting_;
  std::vector<Running> running_;
  std::size_t done_ = 0, bad_ = 0;
};

}  // namespace

std::vector<CaseResult> run_tasks(const std::vector<CaseTask>& tasks, const RunnerOptions& options,
                                  const RunnerHooks& hooks) {
  std::vector<CaseResult> results = Runner(tasks, options, hooks).run();
  for (CaseResult& one : results)  // A retry that was stopped.
    if (one.state == CaseState::kNotRun) one.verdict = {};
  return results;
}

std::string last_line_of(const std::string& log) {
  std::ifstream in(log);
  std::string last, line;
  while (std::getline(in, line))
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  return last.empty() ? "it printed nothing" : last;
}

}  // namespace systole::regress
