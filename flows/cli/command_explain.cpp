// command_explain.cpp: `systole explain [KEY]`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/run_config.h"
#include "sim/image/image_layout.h"

namespace systole {

void add_explain_command(CLI::App& app, Action& action) {
  auto key = std::make_shared<std::string>();
  auto of_layout = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("explain", "Print keys of a run's YAML: type, default, range");
  command->add_option("key", *key, "A key (dut.dir) or a group (dut); all keys when absent");
  command->add_flag("--layout", *of_layout, "Keys of a layout of memory images instead");
  command->footer(
      "Examples:\n  systole explain\n  systole explain quantize\n"
      "  systole explain dut.parameters.Rows\n"
      "  systole explain --layout memories.weights");
  command->callback([=, &action] {
    action = [=] {
      fmt::print("{}", explain(*of_layout ? image_layout_keys() : run_keys(), *key));
      return 0;
    };
  });
}

}  // namespace systole
