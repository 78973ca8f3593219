// command_run.cpp: `systole run CONFIG`: from YAML to an op-by-op verdict.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/cosimulate.h"
#include "flows/cli/progress.h"
#include "model/config/error.h"
#include "sim/image/export_folder.h"
#include "sim/report/json.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

struct RunOptions {
  ConfigOptions config;
  std::string op;
  bool json = false;
  bool resume = false;
  bool fresh = false;
  bool coverage = false;
  std::string images;
};

/// A run that gives no verdict (bad input, an interrupted build) must not leave an older one.
void remove_old_verdict(const std::string& out) {
  std::error_code ignored;
  std::filesystem::remove(out + "/verdict.json", ignored);
}

/// An export has a run.yaml of its own; another one may be given with it.
ConfigOptions config_of(const RunOptions& options) {
  ConfigOptions config = options.config;
  if (config.config.empty() && options.images.empty())
    throw InputError({.where = {"systole run"},
                      .key = "config",
                      .got = "none",
                      .expected = "the run's YAML file, or --from-images DIR"});
  if (!config.config.empty()) return config;
  expect_export(options.images);
  if (config.out.empty())
    config.out = "runs/" + std::filesystem::path(options.images).lexically_normal().stem().string();
  config.config = run_file(options.images);
  return config;
}

int run(const RunOptions& given) {
  RunOptions options = given;
  options.config = config_of(given);
  const std::string out = out_directory(options.config);
  RunConfig config = resolve(options.config);
  if (options.coverage) config.dut.instrument = Instrument::kCoverage;
  if (!options.resume) remove_old_verdict(out);
  const RunReport report = cosimulate(
      {config, options.op, out, options.resume, options.fresh, options.coverage, options.images});
  if (options.json)
    fmt::print("{}", to_json(report));
  else
    fmt::print("{}", to_text(report, colour_wanted()));
  return exit_code(report.totals.state);
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand(
      "run", "Co-simulate a network and compare every op's tensors with the golden trace");
  add_config_options(*command, options->config);
  command->add_option("--rtl", options->config.rtl, "Use this RTL tree instead of dut.dir");
  command->add_option("--workers", options->config.workers,
                      "Processes that simulate (default: one per processor)");
  command->add_option(
      "--mode", options->config.mode,
      "isolated: ops get golden inputs (default); chained: they get the design's own "
      "results, to see what an error does to the answer");
  command->add_flag("--resume", options->resume,
                    "Go on with the run that the results' directory holds: ops that have a verdict "
                    "keep it, the others run");
  command->add_flag("--fresh", options->fresh,
                    "Simulate every op again, also where the cache has a verdict on the same "
                    "inputs, parameters, schedule and design");
  command
      ->add_flag("--coverage", options->coverage,
                 "Count the lines and bits of the RTL that the run covers, in coverage/ in the "
                 "results' directory; needs a build of its own")
      ->excludes("--resume");
  command->get_option("config")->required(false);
  command
      ->add_option("--from-images", options->images,
                   "Take weights and parameters from the memory images in this folder, which "
                   "`systole export` wrote, and the golden trace; CONFIG is then not needed")
      ->excludes("--resume")
      ->excludes("--input")
      ->excludes("--count");
  command->add_option("--op", options->op, "Simulate only the ops that match this name or pattern");
  command->add_flag("--json", options->json, "Print verdict.json instead of the table");
  command->footer(
      "Examples:\n"
      "  systole run configs/digits.yaml\n"
      "  systole run configs/digits.yaml --set dut.parameters.Cols=32 --count 16\n"
      "  systole run configs/digits.yaml --rtl ../other-rtl --op 'block1.*' --json\n"
      "  systole run configs/digits.yaml --input corners -o /tmp/corners\n"
      "  systole run configs/digits.yaml --count 360 --workers 1 --resume\n"
      "  systole run --from-images images\n"
      "Worker N prints to workers/N.log in the results' directory.");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
