// command_lower.cpp: `systole lower BUNDLE -o BUNDLE`: to the hardware's arithmetic, with a report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/inputs.h"
#include "flows/cli/lower_text.h"
#include "model/config/error.h"
#include "model/lower/report.h"
#include "model/network/bundle.h"
#include "model/tensor/atomic_file.h"
#include "sim/schedule/job.h"

namespace systole {
namespace {

struct LowerCommandOptions {
  std::string bundle, out, json;
  std::string scale = "normalized(32)";
  std::string set;
  int streams = 16;
  std::string images = "host";
  bool wrap = false;
  std::vector<std::string> inputs = {"samples"};
  std::int64_t count = 16;
};

LowerOptions lower_options(const LowerCommandOptions& options) {
  const auto scale = parse_scale(options.scale);
  if (!scale)
    throw InputError({.where = {},
                      .key = "--scale",
                      .got = "'" + options.scale + "'",
                      .expected = kLowerScales});
  return {.scale = *scale,
          .stream_bits = options.streams,
          .image_codes = options.images == "9",
          .wrap = options.wrap};
}

/// What was asked for, else the run's default, else the first there is.
std::string sample_set(const Bundle& bundle, const std::string& asked) {
  const bool has_default = bundle.samples.empty() || bundle.samples.contains("test");
  return !asked.empty() ? asked : has_default ? "test" : bundle.samples.begin()->first;
}

/// One source, or several files one after the other, `count` samples at most.
AnyTensors read_inputs(const Bundle& bundle, const LowerCommandOptions& options) {
  const auto& network = std::get<IntNetwork>(bundle.network);
  AnyTensors all;
  for (const std::string& text : options.inputs) {
    InputOptions input{.set = sample_set(bundle, options.set), .count = options.count};
    if (text.ends_with(".npy")) {
      input.source = InputSource::kFile;
      input.file = text;
    } else if (text == "random") {
      input.source = InputSource::kRandom;
    } else if (text != "samples") {
      throw InputError({.where = {},
                        .key = "--input",
                        .got = "'" + text + "'",
                        .expected = "samples, random or FILE.npy"});
    }
    for (auto& [name, tensor] : make_inputs(network, bundle.samples, input).tensors) {
      const auto [place, is_first] = all.try_emplace(name, tensor);
      if (is_first) continue;
      std::visit([&]<class T>(Tensor<T>& t) { append_batch(t, std::get<Tensor<T>>(tensor)); },
                 place->second);
    }
  }
  const std::int64_t count = shape_of(all.begin()->second)[0];
  return slice_batch(all, 0, std::min(options.count, count));
}

/// The design does not compute these either: their operands are too wide for it.
void add_misfits(const IntNetwork& network, std::vector<KeptOp>& kept) {
  constexpr Geometry kAnySize = {
      .rows = 16, .cols = 16, .acc_depth = 256, .scale_bits = 32, .has_gemmlowp = 1};
  for (const HostOp& host : plan_jobs(network, kAnySize).host)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const KeptOp& op) { return op.op == host.node->name; }))
      kept.push_back({host.node->name, host.reason});
}

int lower_bundle(const LowerCommandOptions& options) {
  const LowerOptions lower_to = lower_options(options);
  Bundle bundle = load_bundle(options.bundle);
  const IntNetwork faithful = int_network(bundle, options.bundle);
  const AnyTensors inputs = read_inputs(bundle, options);
  const auto calibration = bundle.samples.find("calibration");
  Peaks peaks;
  if (has_reals(faithful))
    peaks = measure_peaks(
        faithful, calibration == bundle.samples.end() ? inputs : calibration->second.inputs);
  Lowered lowered = lower(faithful, lower_to, peaks);
  LowerReport report = compare_lowered(faithful, lowered, inputs);
  add_misfits(lowered.network, report.kept);
  bundle.network = std::move(lowered.network);
  write_bundle(options.out, bundle);
  if (!options.json.empty()) write_file_atomically(options.json, to_json(report));
  fmt::print("{}", to_text(report));
  return 0;
}

}  // namespace

void add_lower_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<LowerCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "lower", "Turn an imported network into the hardware's arithmetic and report what changes");
  command->add_option("bundle", options->bundle, "An imported bundle")->required();
  command->add_option("-o,--out", options->out, "The lowered bundle")->required();
  command->add_option("--scale", options->scale, kLowerScales)->capture_default_str();
  command
      ->add_option("--streams", options->streams,
                   "Width of reals between two ops, such as residual streams, as integers")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  command
      ->add_option("--images", options->images,
                   "A first convolution of a float image by integer weights: host keeps it in "
                   "float, 9 brings the image to 9-bit codes")
      ->check(CLI::IsMember({"host", "9"}))
      ->capture_default_str();
  command
      ->add_option("--input", options->inputs,
                   "What to compare on: samples (of the bundle), random, or FILE.npy ...")
      ->capture_default_str();
  command->add_option("--set", options->set,
                      "Which of the bundle's sample sets (default: test, else its first)");
  command->add_option("--count", options->count, "Inputs to compare on, at most")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{65536}))
      ->capture_default_str();
  command->add_flag("--wrap", options->wrap,
                    "Take a network whose 32-bit accumulators could overflow: they wrap");
  command->add_option("--json", options->json, "Write the report as JSON, too");
  command->footer(
      "Streams are calibrated on the bundle's sample set 'calibration', else on the inputs.\n"
      "Examples:\n  systole lower net -o net.lowered\n"
      "  systole lower net -o net.lowered --scale 'normalized(16)' --streams 8 --count 4\n"
      "  systole lower net -o net.lowered --input a.npy b.npy --json report.json");
  command->callback([=, &action] { action = [=] { return lower_bundle(*options); }; });
}

}  // namespace systole
