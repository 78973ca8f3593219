// command_quantize.cpp: `systole quantize CONFIG`: a float network's integer bundle and its report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/histograms.h"
#include "flows/cli/interrupt.h"
#include "flows/cli/program.h"
#include "flows/cli/progress.h"
#include "flows/cli/quant_text.h"
#include "flows/cli/quantise.h"
#include "model/config/error.h"
#include "model/fuse/scale_cost.h"
#include "model/quant/encoding_exchange.h"
#include "model/quant/encodings_json.h"
#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

struct QuantizeOptions {
  ConfigOptions config;
  std::int64_t count = 16;
  bool json = false;
  bool html = false;
  std::string encodings;  ///< The version to write, or empty.
};

/// Runs the Python program of the page on the folder of results, or with `--check` to learn whether
/// it can run. Returns the status to exit with, 0 when all went well.
int run_page_program(const std::string& argument) {
  const auto program = std::filesystem::path(SYSTOLE_SOURCE_ROOT) / "flows/report/quantize_page.py";
  const int status = run_program({python_of("report"), program.string(), argument},
                                 "the Python environment of the page",
                                 "flows/setup --report makes it; flows/systole does so by itself");
  return status == 0 || status == kInterruptedExit ? status : 2;
}

/// What the page shows beside the report.
std::string histograms_json(const RunConfig& config, const EncodedNetwork& encoded,
                            const SampleSource& samples, const BatchOptions& batches) {
  const nlohmann::ordered_json json = {
      {"network", encoded.network.name},
      {"config", config.file},
      {"recipe", config.settings.path("quantize.recipe").string()},
      {"calibration_samples", samples.count},
      {"tensors", to_json(collect_histograms(encoded, samples, batches))}};
  return json.dump() + "\n";
}

/// Every quantizer in AIMET's format of that version.
std::string encodings_text(const EncodedNetwork& encoded, const std::string& version) {
  if (version.empty()) return "";
  const auto found =
      std::find(kAimetVersionNames.begin(), kAimetVersionNames.end(), std::string_view(version));
  return encodings_to_json(
      to_encodings_file(encoded, static_cast<AimetVersion>(found - kAimetVersionNames.begin())));
}

int run(const QuantizeOptions& options) {
  const RunConfig config = resolve(options.config);
  const std::string out = out_directory(options.config);
  if (options.html)
    if (const int status = run_page_program("--check"); status != 0) return status;
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
  SampleSource samples =
      labelled ? samples_of(labelled->inputs) : calibration_samples(bundle, config);
  samples.count = std::min(options.count, samples.count);
  const FusedNetwork& fused = quantised.fused;
  const PathComparison paths =
      compare_paths({quantised.encoded, &fused.network, fused.float_names}, samples, batches);
  QuantReport report = make_report(quantised.encoded, fused, paths,
                                   scale_costs(fused, quantised.encoded, samples, batches));
  report.samples = samples.count;
  step = "histograms";
  std::string histograms;
  if (options.html)
    histograms =
        histograms_json(config, quantised.encoded, calibration_samples(bundle, config), batches);
  line.clear();

  const std::string encodings = encodings_text(quantised.encoded, options.encodings);
  replace_network(bundle, std::move(quantised));
  write_bundle(out + "/network", bundle);
  const std::string json = to_json(report).dump(2) + "\n";
  write_file_atomically(out + "/quantize.json", json);
  if (!encodings.empty()) write_file_atomically(out + "/encodings.json", encodings);
  if (options.html) {
    write_file_atomically(out + "/histograms.json", histograms);
    if (const int status = run_page_program(out); status != 0) return status;
  }
  std::string text = to_text(report) + fmt::format("{}/network: the integer bundle\n", out);
  if (options.html) text += fmt::format("{}/quantize.html: histograms of every tensor\n", out);
  fmt::print("{}", options.json ? json : text);
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
  command
      ->add_option("--encodings", options->encodings,
                   "Also write OUT/encodings.json, AIMET's format of this version")
      ->check(CLI::IsMember({"0.6.1", "1.0.0", "2.0.0"}));
  command->add_flag("--json", options->json, "Print JSON instead of the tables");
  command->add_flag("--html", options->html,
                    "Write OUT/quantize.html too: the tables, and a histogram of every tensor");
  command->footer(
      "Quantizers are what `quantize.recipe` and the other quantize.* keys say (systole explain\n"
      "quantize). OUT/network is the bundle, OUT/quantize.json the report.\n"
      "scale dB: what integer scales cost; fake/float and int/fake: each path against the one\n"
      "before it; exact: elements that are equal in the last two.\n"
      "Examples:\n"
      "  systole quantize configs/digits.yaml -o /tmp/digits\n"
      "  systole quantize configs/digits.yaml --set quantize.recipe=configs/recipes/mse.yaml "
      "--html");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
