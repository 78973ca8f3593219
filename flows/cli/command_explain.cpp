// command_explain.cpp: `systole explain [KEY]`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/run_config.h"

namespace systole {

void add_explain_command(CLI::App& app, Action& action) {
  auto key = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("explain", "Print keys of a run's YAML: type, default, range");
  command->add_option("key", *key, "A key (dut.dir) or a group (dut); all keys when absent");
  command->footer(
      "Examples:\n  systole explain\n  systole explain quantize\n"
      "  systole explain dut.parameters.Rows");
  command->callback([=, &action] {
    action = [=] {
      fmt::print("{}", explain(run_keys(), *key));
      return 0;
    };
  });
}

}  // namespace systole
