// regress.cpp: plan, run, compare, write.
#include "flows/regress/regress.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "flows/cli/interrupt.h"
#include "flows/cli/progress.h"
#include "flows/cli/run_config.h"
#include "flows/cli/stopwatch.h"
#include "flows/regress/case_store.h"
#include "flows/regress/history.h"
#include "flows/regress/junit.h"
#include "flows/regress/page.h"
#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "sim/dut/builder.h"
#include "sim/dut/store.h"

namespace systole::regress {

namespace fs = std::filesystem;

namespace {

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

int cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// The folder is this regression's for as long as the lock lives.
dut::FileLock own(const std::string& out) {
  fs::create_directories(out);
  const std::string file = out + "/.lock";
  if (!fs::exists(file)) write_file_atomically(file, "");
  auto lock = dut::FileLock::try_exclusive(file);
  if (!lock)
    throw InputError({.where = out,
                      .got = "a folder that another regression writes to",
                      .expected = "a folder of its own",
                      .hint = "give another -o"});
  return std::move(*lock);
}

/// A regression that gives no verdict must not leave an older one.
void remove_old_reports(const RegressRequest& request) {
  if (fs::exists(request.out + "/results.json")) fs::remove_all(request.out + "/coverage");
  for (const char* name : {"results.json", "junit.xml", "index.html"}) {
    const std::string file = request.out + "/" + name;
    std::error_code ignored;
    if (!request.baseline.empty() && fs::equivalent(file, request.baseline, ignored))
      throw InputError({.where = request.baseline,
                        .key = "--baseline",
                        .got = "a file that this regression replaces",
                        .expected = "one elsewhere",
                        .hint = "copy it, or give another -o"});
    fs::remove(file, ignored);
  }
}

std::string describe(const RunnerProgress& progress, double seconds) {
  std::string text = fmt::format("regression: {} of {} done", progress.done, progress.total);
  if (progress.bad > 0) text += fmt::format(", {} not matching", progress.bad);
  text += fmt::format(", {:.0f} s", seconds);
  constexpr std::size_t kMostNames = 3;
  for (std::size_t i = 0; i < std::min(kMostNames, progress.running.size()); ++i)
    text += (i == 0 ? ": " : ", ") + progress.running[i];
  return text + (progress.running.size() > kMostNames ? ", ..." : "");
}

/// Takes finished cases over, runs the others, keeps each as it ends.
std::vector<CaseResult> run_all(const std::vector<PlannedTask>& plan, const RunnerOptions& options,
                                bool resume) {
  std::vector<CaseResult> results;
  std::vector<CaseTask> tasks;
  std::vector<std::size_t> places;  // Of the tasks, in the plan.
  for (const PlannedTask& planned : plan) {
    const CaseTask& task = planned.task;
    results.push_back(task.plan);
    if (resume && !interrupted()) {
      const auto built = find_dut(planned.dut);
      const auto kept = kept_case(task.out, planned.identity, built ? built->key : "", task.plan);
      if (kept) {
        results.back() = *kept;
        continue;
      }
    }
    clear_case(task.out);
    tasks.push_back(task);
    places.push_back(results.size() - 1);
  }

  Stopwatch watch;
  Progress line;
  const std::size_t taken_over = results.size() - tasks.size();
  const RunnerHooks hooks = {[&](const CaseResult& one, std::size_t task) {
                               const PlannedTask& planned = plan[places[task]];
                               keep_case(planned.task.out, planned.identity, one);
                             },
                             [&](RunnerProgress progress) {
                               progress.done += taken_over;
                               progress.total += taken_over;
                               line.show(describe(progress, watch.seconds()));
                             },
                             [] { return !interrupted(); }};
  const std::vector<CaseResult> ran = run_tasks(tasks, options, hooks);
  for (std::size_t i = 0; i < ran.size(); ++i) results[places[i]] = ran[i];
  return results;
}

void write_reports(const RegressRequest& request, const RegressionReport& report, History history) {
  const bool ended = !report.regression.interrupted;
  history.push_back(to_past_run(report.regression, report.is_slower()));
  write_file_atomically(request.out + "/junit.xml", to_junit(report));
  write_file_atomically(request.out + "/index.html", to_page(report, history));
  if (ended) write_history(request.out + "/history.json", history);
  write_file_atomically(request.out + "/results.json", to_json(report));
}

}  // namespace

RegressionReport run_regression(const RegressRequest& request) {
  Stopwatch watch;
  RegressionReport report;
  Regression& all = report.regression;
  report.threshold = request.threshold;
  const Suite suite = read_suite(request.suite, run_keys());
  const std::vector<Case> cases = select_cases(suite, request.filter);
  std::optional<BaselineResults> baseline;
  if (!request.baseline.empty()) baseline = read_results(request.baseline);
  const std::size_t trees = std::max<std::size_t>(1, request.rtl.size());
  const int most = static_cast<int>(std::min<std::size_t>(cases.size() * trees, 1024));
  all.jobs = std::min(most, request.jobs.value_or(suite.jobs.value_or(cores())));
  const std::vector<PlannedTask> plan = plan_tasks(
      cases,
      {request.out, request.rtl, std::max(1, cores() / all.jobs), request.coverage, request.fresh});
  const dut::FileLock lock = own(request.out);
  History history = read_history(request.out + "/history.json");
  remove_old_reports(request);

  all.suite = suite.name;
  all.file = suite.file;
  all.started = now();
  all.version = SYSTOLE_VERSION;
  all.rtl = request.rtl;
  all.cases = run_all(plan, {all.jobs, request.retries.value_or(suite.retries)}, request.resume);
  all.interrupted = interrupted();
  all.seconds = watch.seconds();
  if (baseline) {
    std::set<std::string> names;
    for (const Case& one : suite.cases) names.insert(one.name);
    report.baseline = compare_with_baseline(*baseline, all, names, request.threshold);
  }
  if (all.is_comparison()) report.sides = compare_sides(all, request.out);
  if (request.coverage) report.coverage = merge_case_coverage(all, request.out);
  write_reports(request, report, std::move(history));
  return report;
}

}  // namespace systole::regress
