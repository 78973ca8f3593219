// command_export.cpp: `systole export CONFIG -o DIR`: memory images of a network for an array.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/export.h"
#include "sim/image/export_folder.h"

namespace systole {
namespace {

struct ExportOptions {
  ConfigOptions config;
  std::string layout;
  std::vector<std::string> layout_overrides;
  bool json = false;
};

std::string summary(const Manifest& manifest, const std::string& out) {
  std::string text = fmt::format("{} for {}, layout {}\n\n{:<14}{:>7}{:>9}{:>10}{:>11}\n",
                                 manifest.network, describe(manifest.geometry), manifest.layout,
                                 "memory", "files", "tensors", "words", "word bits");
  for (const StoredMemory& memory : manifest.memories) {
    std::size_t files = 0;
    for (const FileRegion& region : memory.regions) files += region.files.size();
    text += fmt::format("{:<14}{:>7}{:>9}{:>10}{:>11}\n", to_string(memory.kind), files,
                        memory.tensors.size(), memory.words, memory.layout.word_bits);
  }
  return text + fmt::format(
                    "\n{0}/memory-map.md says what lies where\nnext: systole verify-images "
                    "{0}; systole run --from-images {0}\n",
                    out);
}

int run(const ExportOptions& options) {
  const std::string out = options.config.out;
  const Manifest manifest =
      export_images({resolve(options.config), options.layout, options.layout_overrides, out});
  fmt::print("{}", options.json ? to_json(manifest) : summary(manifest, out));
  return 0;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand(
      "export", "Write the memory images of weights, parameters and tensors for an array");
  add_config_options(*command, options->config);
  command->get_option("--out")->required()->description("Folder of the images");
  command->add_option("--rtl", options->config.rtl, "Use this RTL tree instead of dut.dir");
  command->add_option("--layout", options->layout,
                      "YAML file that says which memories there are and how they are filled "
                      "(default: configs/layouts/default.yaml, what suits the array)");
  command
      ->add_option("--layout-set", options->layout_overrides,
                   "key=value: overrides a key of the layout")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "Print manifest.json instead of the table");
  command->footer(
      "`systole explain --layout` lists the keys of layouts.\n"
      "Examples:\n"
      "  systole export configs/digits.yaml -o images\n"
      "  systole export configs/digits.yaml -o images --layout configs/layouts/banked.yaml\n"
      "  systole export configs/digits.yaml -o images --set dut.parameters.Cols=32 \\\n"
      "      --layout-set formats='coe mif' --layout-set memories.weights.word_bits=64");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
