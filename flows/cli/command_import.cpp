// command_import.cpp: `systole import FORMAT SOURCE -o OUT`: other tools' networks and tensors;
// `systole random`: networks with random weights.
//
// The Python program of the format under flows/import/ reads the files; what it writes is read,
// checked and written again here, so that bundles and traces have one writer.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/program.h"
#include "golden/import_trace.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/check.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

/// `options` are in the words of the Python program, which knows what they may hold.
struct ImportOptions {
  std::string format, source, out, labels;
  std::vector<std::string> samples, goldens;
  std::vector<std::string> options;
};

fs::path root() { return SYSTOLE_SOURCE_ROOT; }

std::vector<std::string> program(const ImportOptions& options, const Scratch& scratch) {
  std::vector<std::string> words = {
      python_of("python"), (root() / "flows/import" / (options.format + "_import.py")).string()};
  if (!options.source.empty()) words.push_back(options.source);
  words.insert(words.end(), {"--bundle", scratch.file("bundle")});
  words.insert(words.end(), options.options.begin(), options.options.end());
  for (const std::string& samples : options.samples) {
    words.emplace_back("--samples");
    words.push_back(samples);
  }
  if (!options.labels.empty()) words.insert(words.end(), {"--labels", options.labels});
  if (!options.goldens.empty()) {
    words.insert(words.end(), {"--goldens-out", scratch.file("goldens.safetensors"), "--goldens"});
    words.insert(words.end(), options.goldens.begin(), options.goldens.end());
  }
  return words;
}

int import(const ImportOptions& options) {
  const Scratch scratch;
  const int status =
      run_program(program(options, scratch), "the Python environment of the importers",
                  "flows/setup --python makes it; flows/systole does so by itself");
  if (status != 0) return status == kInterruptedExit ? kInterruptedExit : 2;
  const Bundle bundle = load_bundle(scratch.file("bundle"));
  if (const auto* network = std::get_if<IntNetwork>(&bundle.network)) check_network(*network);
  if (options.goldens.empty()) {
    const std::string hash = write_bundle(options.out, bundle);
    std::visit(
        [&](const auto& network) {
          fmt::print("{}: network {}, {} ops, sha256 {}\n", options.out, network.name,
                     network.nodes.size(), hash.substr(0, 12));
        },
        bundle.network);
    return 0;
  }
  const IntNetwork& network = int_network(bundle, options.source);
  const std::string hash = write_bundle(scratch.file("written"), bundle);
  const Trace trace = import_trace(network, hash, scratch.file("goldens.safetensors"));
  write_trace(options.out, trace);
  fmt::print("{}: {} recorded tensors of network {}, {} elements\n", options.out,
             trace.entries.size(), network.name, with_commas(count_elements(trace)));
  return 0;
}

CLI::App* add_format(CLI::App& import_command, Action& action, const std::string& format,
                     const std::string& what, const std::string& source,
                     std::shared_ptr<ImportOptions> options) {
  CLI::App* command = import_command.add_subcommand(format, what);
  options->format = format;
  command->add_option("source", options->source, source)->required();
  command->callback([options, &action] { action = [options] { return import(*options); }; });
  return command;
}

/// The options of formats whose integers can be proved against what the tool recorded.
void add_integer_options(CLI::App& command, const std::shared_ptr<ImportOptions>& options) {
  command.add_option("-o,--out", options->out, "The bundle to write; with --goldens, the trace")
      ->required();
  command.add_option("--goldens", options->goldens,
                     "Tensors that the tool recorded: write them as a trace instead of the bundle");
  command.add_option("--samples", options->samples,
                     "Inputs to keep in the bundle: FILE.npy, or NAME=FILE of one input");
  command.add_option("--labels", options->labels, "Their right answers: FILE.npy or text");
}

/// An option, or an operand, that the Python program gets word by word.
void add_passed(CLI::App& command, const std::string& name, const std::string& help,
                const std::shared_ptr<ImportOptions>& options,
                const std::vector<std::string>& choices = {}) {
  CLI::Option* option = command.add_option_function<std::string>(
      name,
      [=](const std::string& value) {
        if (name.starts_with("-")) options->options.push_back(name);
        options->options.push_back(value);
      },
      help);
  if (!choices.empty()) option->check(CLI::IsMember(choices));
}

void add_float_options(CLI::App& command, const std::shared_ptr<ImportOptions>& options) {
  command.add_option("-o,--out", options->out, "The bundle to write")->required();
  add_passed(command, "--topology", "How the layers are connected (YAML)", options);
  command.get_option("--topology")->required();
}

void add_random_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ImportOptions>();
  options->format = "random";
  CLI::App* command = app.add_subcommand(
      "random", "Make a float network of a topology with seeded random weights and samples");
  add_float_options(*command, options);
  add_passed(*command, "--seed", "Of weights and samples (1)", options);
  add_passed(*command, "--count", "Samples in each of `calibration` and `test` (16)", options);
  command->footer(
      "Example:\n"
      "  build/python/bin/python flows/import/model_zoo.py resnet18 > resnet18.yaml\n"
      "  systole random --topology resnet18.yaml --seed 1 -o resnet18");
  command->callback([options, &action] { action = [options] { return import(*options); }; });
}

}  // namespace

void add_import_command(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "import", "Turn another tool's network into a bundle, or its recorded tensors into a trace");
  command->require_subcommand(0, 1);  // An unknown one is then named.
  command->callback([command, &action] {
    if (command->get_subcommands().empty())
      action = []() -> int {
        throw InputError({.where = {},
                          .key = "import",
                          .got = "no format",
                          .expected = "tflite, onnx, aimet, torch2chip or pytorch",
                          .hint = "systole import --help shows examples"});
      };
  });
  command->footer(
      "Examples:\n"
      "  systole import tflite net.tflite -o net\n"
      "  systole import tflite net.tflite --goldens ref.safetensors -o net.trace\n"
      "  systole import onnx net.onnx -o net\n"
      "  systole import aimet net.onnx net.encodings.json -o net\n"
      "  systole import torch2chip export/ --topology net.yaml -o net\n"
      "  systole import pytorch resnet20.th --topology net.yaml -o net\n"
      "  systole check-import net net.trace");

  auto tflite = std::make_shared<ImportOptions>();
  CLI::App* flat = add_format(*command, action, "tflite", "A TFLite network of 8-bit integers",
                              "The .tflite file", tflite);
  add_integer_options(*flat, tflite);
  add_passed(*flat, "--kernels",
             "Whose arithmetic: TFLite's reference kernels (default), its optimised ones or "
             "XNNPACK's",
             tflite, {"reference", "optimised", "xnnpack"});

  auto onnx = std::make_shared<ImportOptions>();
  CLI::App* graph =
      add_format(*command, action, "onnx",
                 "A quantised ONNX network (QDQ, QLinear or RequantShift)", "The .onnx file", onnx);
  add_integer_options(*graph, onnx);
  add_passed(*graph, "--kernels",
             "Whose arithmetic: of the model as it is written (default), or of ONNX Runtime's "
             "integer kernels",
             onnx, {"qdq", "integer"});
  add_passed(*graph, "--input-type",
             "Of the inputs of integer ONNX (RequantShift), which have none of their own (int8)",
             onnx, {"int8", "uint8", "int16", "uint16"});

  auto torch = std::make_shared<ImportOptions>();
  CLI::App* chip = add_format(*command, action, "torch2chip", "A Torch2Chip export",
                              "The export's directory", torch);
  add_integer_options(*chip, torch);
  add_passed(*chip, "--topology", "The network's topology, which an export lacks (YAML)", torch);
  add_passed(*chip, "--entry", "Begin at the image (default) or at the first integer operand",
             torch, {"image", "integer"});

  auto encoded = std::make_shared<ImportOptions>();
  CLI::App* aimet = add_format(*command, action, "aimet",
                               "A float network and the encodings that AIMET exported for it",
                               "The .onnx file of the float network", encoded);
  add_passed(*aimet, "encodings", "AIMET's encodings: 0.6.1, 1.0.0 or 2.0.0 (JSON)", encoded);
  aimet->get_option("encodings")->required();
  add_integer_options(*aimet, encoded);
  add_passed(
      *aimet, "--bias",
      "Biases as reals, as AIMET's simulator has them (default), or as integers of the sums, "
      "as AIMET exports them",
      encoded, {"float", "int32"});

  auto floats = std::make_shared<ImportOptions>();
  CLI::App* checkpoint = add_format(*command, action, "pytorch", "A float network's state dict",
                                    "The file of torch.save", floats);
  add_float_options(*checkpoint, floats);
  checkpoint->add_option("--samples", floats->samples,
                         "Inputs to keep in the bundle's set `test`: FILE, or SET=FILE of another");

  add_random_command(app, action);
}

}  // namespace systole
