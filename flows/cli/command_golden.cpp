// command_golden.cpp: `systole golden CONFIG`: the golden trace without the RTL.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/prepare.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

int record(const ConfigOptions& options) {
  const std::string out = out_directory(options);
  const RunConfig config = resolve(options);
  const Prepared prepared = prepare(config, false);
  const Inputs inputs = make_inputs(prepared.network(), prepared.bundle.samples, config.inputs);
  const Trace trace = record_golden(prepared, inputs, out);

  fmt::print("{}/golden: {} tensors, {} elements, of {}\n", out, trace.entries.size(),
             with_commas(count_elements(trace)), inputs.text);
  return 0;
}

}  // namespace

void add_golden_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ConfigOptions>();
  CLI::App* command =
      app.add_subcommand("golden", "Record the golden trace of a run and its integer network");
  add_config_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  systole golden configs/digits.yaml\n"
      "  systole golden configs/digits.yaml --input random --count 2 -o /tmp/random");
  command->callback([=, &action] { action = [=] { return record(*options); }; });
}

}  // namespace systole
