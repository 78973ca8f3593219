// command_export.cpp: `systole export CONFIG -o DIR`: memory images of a network for an array.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/export.h"
#include "model/config/error.h"
#include "sim/image/export_folder.h"

namespace systole {
namespace {

struct ExportOptions {
  ConfigOptions config;
  std::string layout;
  std::vector<std::string> layout_overrides;
  std::string style = "images";
  bool stimulus = false;
  std::string op;
  std::optional<std::int64_t> tile;
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

/// Options that only images have.
void refuse_image_options(const ExportOptions& options) {
  if (options.layout.empty() && options.layout_overrides.empty() && !options.stimulus &&
      !options.json)
    return;
  throw InputError(
      {.where = {"systole export"},
       .key = "--style",
       .got = "torch2chip, with an option of memory images",
       .expected = "--layout, --layout-set, --stimulus and --json with --style images"});
}

int run_torch2chip(const ExportOptions& options) {
  refuse_image_options(options);
  const bool has_torch = export_torch2chip(resolve(options.config), options.config.out);
  fmt::print(
      "{}/tensors: x1, x2 and y of every product as .npy, .safetensors{}; matmul.json lists "
      "them\n",
      options.config.out, has_torch ? " and .pt" : " (no .pt: python3 has no torch)");
  return 0;
}

int run(const ExportOptions& options) {
  if (options.style == "torch2chip") return run_torch2chip(options);
  const std::string out = options.config.out;
  const Manifest manifest =
      export_images({resolve(options.config), options.layout, options.layout_overrides, out,
                     options.stimulus, options.op, options.tile});
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
  command
      ->add_option("--style", options->style,
                   "images, or torch2chip: operands and sums of every product as that tool "
                   "writes them")
      ->check(CLI::IsMember({"images", "torch2chip"}));
  CLI::Option* stimulus = command->add_flag(
      "--stimulus", options->stimulus,
      "Also the beats of each op with a testbench that plays them against any array");
  command->add_option("--op", options->op, "Stimulus only of ops that match this name or pattern")
      ->needs(stimulus);
  command->add_option("--tile", options->tile, "Stimulus only of this output tile of each op")
      ->needs(stimulus);
  command->add_flag("--json", options->json, "Print manifest.json instead of the table");
  command->footer(
      "`systole explain --layout` lists the keys of layouts.\n"
      "Examples:\n"
      "  systole export configs/digits.yaml -o images\n"
      "  systole export configs/digits.yaml -o images --layout configs/layouts/banked.yaml\n"
      "  systole export configs/digits.yaml -o images --set dut.parameters.Cols=32 \\\n"
      "      --layout-set formats='coe mif' --layout-set memories.weights.word_bits=64\n"
      "  systole export configs/digits.yaml -o images --stimulus --op 'block1.*'\n"
      "  systole export configs/digits.yaml -o exported --style torch2chip");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
