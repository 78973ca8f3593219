// hunt.cpp: tasks of a few cases each; begun and judged ones as records.
#include "flows/fuzz/hunt.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <numeric>
#include <optional>

#include "flows/fuzz/draw_case.h"
#include "golden/trace.h"
#include "sim/run/pool.h"
#include "sim/run/replay.h"

namespace systole {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kCasesPerTask = 16;
constexpr std::uint64_t kTasksPerPool = 1 << 14;

/// What a worker says before a case (no verdict yet) and after it; a message follows.
struct Record {
  std::uint64_t number = 0;
  bool is_judged = false;
  OpState state = OpState::kMatch;
  FuzzCounts counts;
};

std::string encode(const Record& record, const std::string& message = "") {
  std::string bytes(sizeof record, '\0');
  std::memcpy(bytes.data(), &record, sizeof record);
  return bytes + message;
}

/// A case that a worker has begun.
struct Running {
  std::uint64_t number = 0;
  Clock::time_point since;
};

class Hunter {
 public:
  Hunter(const std::vector<FuzzDesign>& designs, const HuntOptions& options, const HuntHooks& hooks)
      : designs_(designs),
        geometries_(geometries(designs)),
        options_(options),
        hooks_(hooks),
        next_(options.first) {}

  HuntResult run() {
    const std::uint64_t end = options_.first + std::min(options_.most, kNoLimit - options_.first);
    while (next_ < end && !stopped_) {
      first_ = next_;
      last_ = first_ + std::min(end - first_, kTasksPerPool * kCasesPerTask);
      std::vector<std::size_t> tasks((last_ - first_ + kCasesPerTask - 1) / kCasesPerTask);
      std::iota(tasks.begin(), tasks.end(), std::size_t{0});
      running_.clear();
      was_stuck_ = false;
      const PoolHooks hooks = {[&](std::size_t task, std::string_view bytes) { take(task, bytes); },
                               [&](const Death& death) { bury(death); }, [&] { return goes_on(); }};
      run_pool(
          tasks, {options_.workers, options_.logs}, [&] { return start_worker(); }, hooks);
      if (!was_stuck_ && !stopped_) next_ = last_;
    }
    result_.next = next_;
    return result_;
  }

 private:
  /// In a worker.
  DoTask start_worker() const {
    BenchOptions options;
    options.watchdog = kFuzzWatchdog;
    std::vector<std::shared_ptr<Bench>> benches;
    for (const FuzzDesign& design : designs_)
      benches.push_back(std::make_shared<Bench>(design.built, options));
    return [this, benches](std::size_t task, const SendRecord& send) {
      const std::uint64_t begin = first_ + task * kCasesPerTask;
      for (std::uint64_t n = begin; n < std::min(begin + kCasesPerTask, last_); ++n) {
        send(encode({.number = n, .is_judged = false, .state = {}, .counts = {}}));
        const FuzzCase drawn = draw_case(options_.seed, n, geometries_);
        const CaseVerdict verdict = run_case(drawn, *benches[drawn.design]);
        send(encode({n, true, verdict.state, verdict.counts}, verdict.message));
      }
    };
  }

  void take(std::size_t task, std::string_view bytes) {
    Record record;
    if (bytes.size() < sizeof record) return;
    std::memcpy(&record, bytes.data(), sizeof record);
    next_ = std::max(next_, record.number + 1);
    if (!record.is_judged) {
      running_[task] = {record.number, Clock::now()};
      return;
    }
    running_.erase(task);
    count(record);
    if (record.state != OpState::kMatch)
      report({record.number, record.state, std::string(bytes.substr(sizeof record))});
  }

  void count(const Record& record) {
    result_.counts += record.counts;
    for (const FuzzOp& op : draw_case(options_.seed, record.number, geometries_).ops)
      ++result_.kinds[kind_of(op)];
    hooks_.progress(result_.counts);
  }

  void bury(const Death& death) {
    const auto found = running_.find(death.task);
    const std::uint64_t number =
        found == running_.end() ? first_ + death.task * kCasesPerTask : found->second.number;
    running_.erase(death.task);
    ++result_.counts.cases;
    report({number, OpState::kFailed,
            fmt::format("worker {} {}; see {}", death.worker, death.how, death.log.string())});
  }

  void report(const FailedCase& failed) {
    if (!stopped_ && !hooks_.failed(failed)) stopped_ = true;
  }

  /// A case that never returns ends the pool, which kills its worker.
  bool goes_on() {
    bool is_overdue = false;
    for (const auto& [task, running] : running_) {
      const double seconds = std::chrono::duration<double>(Clock::now() - running.since).count();
      is_overdue = is_overdue || seconds > options_.most_case_seconds / 10;
      if (seconds <= options_.most_case_seconds) continue;
      ++result_.counts.cases;
      report({running.number, OpState::kFailed,
              fmt::format("the model has not returned for {:.0f} s", seconds)});
      was_stuck_ = true;
      return false;
    }
    if (!stopped_ && !hooks_.keep_going()) is_late_ = true;
    if (is_late_ && !is_overdue) stopped_ = true;
    return !stopped_;
  }

  const std::vector<FuzzDesign>& designs_;
  const std::vector<Geometry> geometries_;
  const HuntOptions& options_;
  const HuntHooks& hooks_;
  HuntResult result_;
  std::map<std::size_t, Running> running_;  ///< By task.
  std::uint64_t first_ = 0, last_ = 0;      ///< Cases of the pool.
  std::uint64_t next_;
  bool stopped_ = false;
  bool is_late_ = false;
  bool was_stuck_ = false;
};

}  // namespace

std::vector<Geometry> geometries(const std::vector<FuzzDesign>& designs) {
  std::vector<Geometry> all;
  for (const FuzzDesign& design : designs) all.push_back(design.geometry);
  return all;
}

HuntResult hunt(const std::vector<FuzzDesign>& designs, const HuntOptions& options,
                const HuntHooks& hooks) {
  return Hunter(designs, options, hooks).run();
}

std::optional<std::string> failure_alone(const FuzzCase& fuzz_case, OpState state,
                                         const FuzzDesign& design,
                                         const std::filesystem::path& logs) {
  constexpr double kMostSeconds = 20.0;
  const FuzzNetwork made = network_of(fuzz_case.ops);
  const Trace golden =
      record_trace(made.network, "", AnyTensors(made.inputs.begin(), made.inputs.end()));
  const Plan plan = plan_jobs(made.network, design.geometry);
  if (plan.jobs.empty()) return std::nullopt;
  const ReplaySetup setup{made.network,    golden,          plan,      plan.jobs, design.built,
                          design.geometry, fuzz_case.bench, {1, logs}, {}};
  const auto start = Clock::now();
  const auto is_late = [&] {
    return std::chrono::duration<double>(Clock::now() - start).count() > kMostSeconds;
  };
  const Replay result = replay(setup, {[](const ReplayProgress&) {}, is_late, [](const auto&) {}});
  for (const OpVerdict& op : result.ops)
    if (op.state == state) return describe_verdict(op);
  if (result.interrupted && state == OpState::kFailed) return "the model does not return";
  return std::nullopt;
}

}  // namespace systole
