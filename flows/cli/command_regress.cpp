// command_regress.cpp: `systole regress SUITE`: many runs, in parallel, with one report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/progress.h"
#include "flows/regress/regress.h"
#include "flows/regress/terminal.h"
#include "model/config/error.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

struct Options {
  regress::RegressRequest request;
  bool json = false;
};

void check(const regress::RegressRequest& request) {
  if (request.rtl.size() > 2)
    throw InputError({.where = {},
                      .key = "--rtl",
                      .got = fmt::format("{} trees", request.rtl.size()),
                      .expected = "one for all cases, or two to compare",
                      .hint = ""});
  if (request.rtl.size() == 2 && !request.baseline.empty())
    throw InputError({.where = {},
                      .key = "--baseline",
                      .got = "a baseline and two RTL trees",
                      .expected = "one of the two",
                      .hint = "the first tree is the second one's baseline"});
}

int run(Options options) {
  regress::RegressRequest& request = options.request;
  check(request);
  request.out = request.out.empty()
                    ? (fs::path("runs/regress") / fs::path(request.suite).stem()).string()
                    : fs::path(request.out).lexically_normal().string();
  const regress::RegressionReport report = regress::run_regression(request);
  if (options.json)
    fmt::print("{}", to_json(report));
  else
    fmt::print("{}report    {}/index.html\n", to_text(report, colour_wanted()), request.out);
  return exit_code(report.regression, report.is_slower());
}

}  // namespace

void add_regress_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  regress::RegressRequest& request = options->request;
  CLI::App* command = app.add_subcommand(
      "regress", "Run a suite of networks, arrays, recipes and stalls, and report on all of them");
  command->add_option("suite", request.suite, "The suite's YAML file")->required();
  command->add_option("-o,--out", request.out,
                      "Directory for results (default: runs/regress/<suite>)");
  command
      ->add_option("-j,--jobs", request.jobs,
                   "Cases at once (default: the suite's `jobs`, else one per processor)")
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--retries", request.retries,
                   "Further attempts of cases that fail or run out of time; one that then "
                   "matches is flaky, and the regression fails (default: the suite's, else 0)")
      ->check(CLI::Range(0, 10));
  command->add_option("--match", request.filter.match,
                      "Only cases whose name matches this pattern");
  command->add_option("--tag", request.filter.tags, "Only cases with this tag (or one of several)")
      ->take_all()
      ->allow_extra_args(false);
  command
      ->add_option("--rtl", request.rtl,
                   "Use this RTL tree instead of dut.dir; given twice: run every case on both "
                   "and compare bits and cycles")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--baseline", request.baseline,
                      "results.json of an earlier regression: fail where cycles or verdicts "
                      "became worse");
  command
      ->add_option("--threshold", request.threshold,
                   "Percent of cycles that a case or an op may lose to the baseline, or B to A "
                   "(default 1)")
      ->check(CLI::Range(0.0, 1e6));
  command->add_flag("--resume", request.resume,
                    "Keep the cases that the results' directory holds and that would run the same "
                    "again; run the others");
  command->add_flag("--fresh", request.fresh,
                    "Simulate every op again, also where the cache has a verdict on the same "
                    "inputs, parameters, schedule and design");
  command->add_flag("--coverage", request.coverage,
                    "Count the lines and bits of the RTL that the cases cover together, in "
                    "coverage/ in the results' directory; each case is simulated, by a build that "
                    "counts");
  command->add_flag("--json", options->json, "Print results.json instead of the table");
  command->footer(
      "Examples:\n"
      "  systole regress configs/regress/default.yaml\n"
      "  systole regress configs/regress/default.yaml --match '*.8x8*' --jobs 1\n"
      "  systole regress configs/regress/default.yaml --baseline main.json --threshold 0.5\n"
      "  systole regress configs/regress/default.yaml --rtl rtl --rtl ../other-rtl\n"
      "Exit codes: 0 all match, 1 a mismatch or a slow-down, 2 bad input, 3 a case failed, ran out "
      "of time\nor was flaky, 130 interrupted (--resume goes on).");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
