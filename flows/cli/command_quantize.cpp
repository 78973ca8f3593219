// command_quantize.cpp: `systole quantize CONFIG`: a float network's integer bundle and its report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/progress.h"
#include "flows/cli/quant_text.h"
#include "flows/cli/quantise.h"
#include "model/config/error.h"
#include "model/fuse/scale_cost.h"
#include "model/quant/encodings_json.h"
#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

struct QuantizeOptions {
  ConfigOptions config;
  std::int64_t count = 16;
  bool json = false;
};

int run(const QuantizeOptions& options) {
  const RunConfig config = resolve(options.config);
  const std::string out = out_directory(options.config);
  Bundle bundle = load_bundle(config.network);
  float_network(bundle, config.network);
  Progress line;
  std::string step = "calibrate";
  const BatchOptions batches = batch_options(config, [&](std::int64_t done, std::int64_t total) {
    line.show(fmt::format("{} {}/{}", step, done, total));
  });
  Quantised quantised = quantise(config, bundle, batches);

  step = "compare";
  const auto labelled = evaluation_samples(bundle, config);
  AnyTensors inputs =
      labelled ? labelled->inputs : bundle.samples.at(config.calibration_set).inputs;
  inputs = slice_batch(inputs, 0, std::min(options.count, samples_of(inputs).count));
  const FusedNetwork& fused = quantised.fused;
  const PathComparison paths = compare_paths({quantised.encoded, &fused.network, fused.float_names},
                                             samples_of(inputs), batches);
  QuantReport report =
      make_report(quantised.encoded, fused, paths,
                  scale_costs(fused, quantised.encoded, samples_of(inputs), batches));
  report.samples = samples_of(inputs).count;
  line.clear();

  replace_network(bundle, std::move(quantised));
  write_bundle(out + "/network", bundle);
  const std::string json = to_json(report).dump(2) + "\n";
  write_file_atomically(out + "/quantize.json", json);
  fmt::print("{}", options.json
                       ? json
                       : to_text(report) + fmt::format("{}/network: the integer bundle\n", out));
  return 0;
}

}  // namespace

void add_quantize_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<QuantizeOptions>();
  CLI::App* command = app.add_subcommand(
      "quantize", "Quantise a float network: its integer bundle, every decision, and the cost");
  add_config_options(*command, options->config);
  for (const char* name : {"--input", "--count"}) command->remove_option(command->get_option(name));
  command
      ->add_option("--count", options->count,
                   "Samples to compare the float, fake-quant and integer paths on, at most")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON instead of the tables");
  command->footer(
      "Quantizers are what `quantize.recipe` and the other quantize.* keys say (systole explain\n"
      "quantize). OUT/network is the bundle, OUT/quantize.json the report.\n"
      "scale dB: what integer scales cost; fake/float and int/fake: each path against the one\n"
      "before it; exact: elements that are equal in the last two.\n"
      "Examples:\n"
      "  systole quantize configs/digits.yaml -o /tmp/digits\n"
      "  systole quantize configs/digits.yaml --set quantize.recipe=configs/recipes/w4a8.yaml");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
