// command_evaluate.cpp: `systole evaluate CONFIG`: accuracy of the three paths on labelled samples.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "flows/cli/commands.h"
#include "flows/cli/config_options.h"
#include "flows/cli/progress.h"
#include "flows/cli/quantise.h"
#include "model/config/error.h"
#include "model/quant/answers.h"
#include "model/quant/paths.h"
#include "sim/report/table.h"

namespace systole {
namespace {

struct EvaluateOptions {
  ConfigOptions config;
  std::int64_t top = 5;
  bool json = false;
};

struct PathAccuracy {
  const char* path;
  std::int64_t top1, topk;
  std::int64_t same;  ///< Samples with the float path's answer.
  double logits_db;   ///< SQNR of the outputs against the float path's.
};

PathAccuracy judge(const char* path, const FloatTensor& scores, const FloatTensor& floats,
                   const std::vector<std::int32_t>& labels, std::int64_t k) {
  Energy energy;
  for (std::int64_t i = 0; i < scores.size(); ++i)
    add_pair(energy, static_cast<double>(floats[i]), static_cast<double>(scores[i]));
  return {path, count_correct(scores, labels), count_correct(scores, labels, k),
          count_correct(scores, top1(floats)), sqnr_db(energy)};
}

std::string table_of(const std::vector<PathAccuracy>& paths, std::int64_t count, std::int64_t k) {
  Table table({{"path"},
               {"top-1", true},
               {fmt::format("top-{}", k), true},
               {"as float", true},
               {"logits dB", true}});
  const auto share = [&](std::int64_t part) {
    return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(count));
  };
  for (const PathAccuracy& path : paths)
    table.add({path.path, share(path.top1), share(path.topk), share(path.same),
               std::isinf(path.logits_db) ? "" : fmt::format("{:.1f}", path.logits_db)});
  return table.text() + fmt::format("{} samples\n", count);
}

std::string json_of(const std::vector<PathAccuracy>& paths, std::int64_t count, std::int64_t k) {
  nlohmann::ordered_json json = {{"samples", count}, {"k", k}, {"paths", nullptr}};
  for (const PathAccuracy& path : paths) {
    json["paths"][path.path] = {{"top1", path.top1}, {"topk", path.topk}, {"as_float", path.same}};
    if (!std::isinf(path.logits_db)) json["paths"][path.path]["logits_sqnr_db"] = path.logits_db;
  }
  return json.dump(2) + "\n";
}

using NoNames = std::map<std::string, std::string>;

/// Nothing, and why, where the recipe is for the fake-quant path only.
std::optional<FusedNetwork> try_fuse(const EncodedNetwork& encoded, const RunConfig& config,
                                     std::string& refusal) {
  try {
    return fuse(encoded, {config.recipe.rounding, config.recipe.scale}, {config.allow_wrap});
  } catch (const InputError& error) {
    refusal = error.what();
    return std::nullopt;
  }
}

int run(const EvaluateOptions& options) {
  const RunConfig config = resolve(options.config);
  const Bundle bundle = load_bundle(config.network);
  const auto samples = evaluation_samples(bundle, config);
  if (!samples)
    throw config.settings.error("evaluation.set", "a labelled sample set of " + config.network);
  Progress line;
  std::string step = "calibrate";
  const BatchOptions batches = batch_options(config, [&](std::int64_t done, std::int64_t total) {
    line.show(fmt::format("{} {}/{}", step, done, total));
  });
  const EncodedNetwork encoded = encode_bundle(config, bundle, batches);
  std::string refusal;
  const std::optional<FusedNetwork> fused = try_fuse(encoded, config, refusal);
  step = "evaluate";
  const PathComparison paths = compare_paths(
      {encoded, fused ? &fused->network : nullptr, fused ? fused->float_names : NoNames{}},
      samples_of(samples->inputs), batches);
  line.clear();
  const std::string& output = encoded.network.outputs.at(0);
  const FloatTensor& floats = paths.float_outputs.at(output);
  std::vector<PathAccuracy> all = {
      judge("float", floats, floats, samples->labels, options.top),
      judge("fake_quant", paths.fake_outputs.at(output), floats, samples->labels, options.top)};
  if (fused)
    all.push_back(judge("integer", paths.int_outputs.at(fused->network.outputs.at(0)), floats,
                        samples->labels, options.top));
  fmt::print("{}", (options.json ? json_of : table_of)(all, samples->count(), options.top));
  if (!fused) fmt::print(stderr, "no integer path: {}\n", refusal);
  return 0;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "Accuracy of the float, fake-quant and integer paths on labelled samples");
  add_config_options(*command, options->config);
  for (const char* name : {"--input", "--out", "--count"})
    command->remove_option(command->get_option(name));
  command->add_option("--top", options->top, "Also count labels among the K largest scores")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON instead of the table");
  command->footer(
      "Samples are evaluation.set, evaluation.count of them; quantizers as `systole quantize`.\n"
      "A recipe that hardware cannot run (float formats, scales within a channel) has no integer\n"
      "path; why is said on stderr.\n"
      "Examples:\n"
      "  systole evaluate configs/digits.yaml\n"
      "  systole evaluate configs/digits.yaml --set quantize.weight_bits=4 --json");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
