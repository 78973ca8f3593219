// command_export.cpp: `systole export CONFIG -o DIR`: memory images of a network for an array;
// `systole export --onnx-qdq BUNDLE -o FILE.onnx`: an ONNX model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/export.h"
#include "flows/cli/export_onnx.h"
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
  OnnxExport onnx;
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

/// Options that an ONNX model has not: all but -o and --json.
void refuse_array_options(const ExportOptions& options) {
  const ConfigOptions& config = options.config;
  const bool is_plain = config.config.empty() && config.overrides.empty() && config.input.empty() &&
                        config.count.empty() && config.rtl.empty() && options.layout.empty() &&
                        options.layout_overrides.empty() && !options.stimulus &&
                        options.style == "images";
  if (!is_plain)
    throw InputError({.where = {"systole export"},
                      .key = "--onnx-qdq",
                      .got = "a configuration or an option of memory images",
                      .expected = "BUNDLE, -o, --bias, --inputs and --json only"});
}

int run_onnx(const ExportOptions& options) {
  refuse_array_options(options);
  OnnxExport onnx = options.onnx;
  onnx.out = options.config.out;
  onnx.json = options.json;
  return export_onnx(onnx);
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
  if (!options.onnx.bundle.empty()) return run_onnx(options);
  if (options.config.config.empty())
    throw InputError({.where = {"systole export"},
                      .got = "neither",
                      .expected = "CONFIG or --onnx-qdq BUNDLE",
                      .hint = "systole export --help shows examples"});
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
  command->get_option("config")->required(false);
  command->get_option("--out")->required()->description("Folder of the images; the .onnx file");
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
  command->add_flag("--json", options->json,
                    "Print manifest.json, or a model's counts, instead of text");
  CLI::Option* onnx =
      command->add_option("--onnx-qdq", options->onnx.bundle,
                          "Instead, write this integer bundle as an ONNX model in QDQ form");
  command
      ->add_option("--bias", options->onnx.bias,
                   "auto (int32 where that is exact, else float32), int32 (rounded to steps of the "
                   "sums, for integer kernels) or float32")
      ->check(CLI::IsMember({"auto", "int32", "float32"}))
      ->needs(onnx);
  command
      ->add_option("--inputs", options->onnx.inputs,
                   "Also write the bundle's samples as the model takes them (.npz)")
      ->needs(onnx);
  command->footer(
      "`systole explain --layout` lists the keys of layouts.\n"
      "Examples:\n"
      "  systole export configs/digits.yaml -o images\n"
      "  systole export configs/digits.yaml -o images --layout configs/layouts/banked.yaml\n"
      "  systole export configs/digits.yaml -o images --set dut.parameters.Cols=32 \\\n"
      "      --layout-set formats='coe mif' --layout-set memories.weights.word_bits=64\n"
      "  systole export configs/digits.yaml -o images --stimulus --op 'block1.*'\n"
      "  systole export configs/digits.yaml -o exported --style torch2chip\n"
      "  systole quantize configs/digits.yaml -o out && \\\n"
      "      systole export --onnx-qdq out/network -o digits.onnx");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
