// command_fuzz.cpp: `systole fuzz`: random small ops through the RTL against the reference.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/fuzz.h"
#include "model/config/error.h"
#include "sim/run/options.h"

namespace systole {
namespace {

struct FuzzOptions {
  FuzzRequest request;
  std::string rtl;
  bool json = false;
};

int run(const FuzzOptions& options) {
  FuzzRequest request = options.request;
  if (!options.rtl.empty()) request.overrides.push_back("dut.dir=" + options.rtl);
  const FuzzReport report = fuzz(request);
  fmt::print("{}", options.json ? to_json(request, report) : to_text(request, report));
  return exit_code(report);
}

}  // namespace

void add_fuzz_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<FuzzOptions>();
  FuzzRequest& request = options->request;
  request.out = "runs/fuzz";
  request.workers = usable_processors();
  CLI::App* command = app.add_subcommand(
      "fuzz", "Run random small ops on a design and compare every element with the reference");
  command->add_option("config", request.config,
                      "A run's YAML file, for its design (default: three small cores)");
  command->add_option("--set", request.overrides, "key=value: overrides a key of the design")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--rtl", options->rtl, "Use this RTL tree instead of dut.dir");
  command->add_option("--seconds", request.seconds, "How long to go on (default: 20)")
      ->check(CLI::Range(0.1, 1e7));
  command->add_option("--seed", request.seed, "Cases follow from it and their number (default: 1)");
  command->add_option("--case", request.only_case, "Run only the case of this number");
  command->add_flag("--keep-going", request.keep_going, "Go on after a case that fails");
  command->add_option("--workers", request.workers, "Processes that simulate")
      ->check(CLI::Range(1, 256));
  command->add_option("-o,--out", request.out, "Directory for reproducers (default: runs/fuzz)");
  command->add_flag("--json", options->json, "Print JSON instead of text");
  command->footer(
      "A case is up to five ops, one after the other on a fresh design, with or without stalls. "
      "One\n"
      "that fails is made smaller and written as a directory that `systole run` reproduces.\n"
      "Examples:\n"
      "  systole fuzz --seconds 60 --seed 7\n"
      "  systole fuzz --rtl ../other-rtl --keep-going\n"
      "  systole fuzz configs/digits.yaml --set dut.parameters.Cols=32\n"
      "  systole fuzz --seed 7 --case 4711");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
