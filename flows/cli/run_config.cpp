// run_config.cpp: the table of keys and the structs that it fills.
#include "flows/cli/run_config.h"

#include "model/quant/recipe_keys.h"
#include "sim/run/options.h"

namespace systole {
namespace {

KeyTable input_keys() {
  return {
      {.key = "network",
       .type = KeyType::kPath,
       .required = true,
       .help = "Directory of a network bundle, float (it is then quantised) or integer."},
      {.key = "inputs.source",
       .type = KeyType::kChoice,
       .default_value = "samples",
       .choices = {"samples", "file", "random", "corners"},
       .help = "Where inputs come from: the bundle's samples, a .npy file of integer codes, seeded "
               "noise, "
               "or extreme codes."},
      {.key = "inputs.set",
       .type = KeyType::kString,
       .default_value = "test",
       .help = "Which of the bundle's sample sets to run."},
      {.key = "inputs.file",
       .type = KeyType::kPath,
       .help = "The .npy file of `inputs.source: file`, one sample or a batch."},
      {.key = "inputs.count",
       .type = KeyType::kInteger,
       .default_value = "4",
       .lo = 1,
       .hi = 65536,
       .help = "Inputs to run (at most as many as there are)."},
      {.key = "inputs.seed",
       .type = KeyType::kInteger,
       .default_value = "1",
       .lo = 0,
       .hi = 4294967295.0,
       .help = "Seed of random inputs."},
      {.key = "calibration.set",
       .type = KeyType::kString,
       .default_value = "calibration",
       .help = "The sample set that activation ranges are measured on."},
      {.key = "calibration.file",
       .type = KeyType::kPath,
       .help =
           "A .npy file of samples to calibrate on instead of calibration.set: codes, or reals of "
           "a float input, the batch first; of any size, as it is read batch by batch."},
      {.key = "calibration.batch",
       .type = KeyType::kInteger,
       .default_value = "16",
       .lo = 1,
       .hi = 65536,
       .help = "Samples per batch; of the range methods, only moving averages depend on it."},
      {.key = "evaluation.set",
       .type = KeyType::kString,
       .default_value = "test",
       .help = "The labelled sample set that accuracy is measured on; skipped when the bundle "
               "lacks it."},
      {.key = "evaluation.count",
       .type = KeyType::kInteger,
       .default_value = "0",
       .lo = 0,
       .hi = 1e9,
       .help = "Samples to evaluate; 0 for all."},
      {.key = "mode",
       .type = KeyType::kChoice,
       .default_value = "isolated",
       .choices = {"isolated", "chained"},
       .help =
           "What each op gets: its golden inputs, so that all bad ops show and can be explained; "
           "or the design's own results, which shows what an error does to the answer."},
      {.key = "overflow",
       .type = KeyType::kChoice,
       .default_value = "refuse",
       .choices = {"refuse", "wrap"},
       .help = "What to do with a network whose 32-bit accumulators could overflow: refuse it, or "
               "run it "
               "with accumulators that wrap."},
  };
}

void append(KeyTable& table, const KeyTable& more) {
  table.insert(table.end(), more.begin(), more.end());
}

}  // namespace

KeyTable run_keys() {
  KeyTable table = input_keys();
  append(table, recipe_keys());
  append(table, lower_keys());
  append(table, dut_keys());
  append(table, bench_keys());
  append(table, worker_keys());
  return table;
}

RunConfig load_run_config(const std::string& file, const std::vector<std::string>& overrides) {
  RunConfig config;
  config.settings = Settings::load(file, run_keys(), overrides);
  const Settings& settings = config.settings;
  config.file = file;
  config.network = settings.path("network").string();
  config.inputs.source = static_cast<InputSource>(settings.choice_index("inputs.source"));
  config.inputs.set = settings.text("inputs.set");
  config.inputs.file = settings.path("inputs.file").string();
  config.inputs.count = settings.integer("inputs.count");
  config.inputs.seed = static_cast<std::uint32_t>(settings.integer("inputs.seed"));
  if (config.inputs.source == InputSource::kFile && config.inputs.file.empty())
    throw settings.error("inputs.source", "inputs.file too", "add inputs.file: FILE.npy");
  config.calibration_set = settings.text("calibration.set");
  config.calibration_file = settings.path("calibration.file").string();
  config.calibration_batch = settings.integer("calibration.batch");
  config.evaluation_set = settings.text("evaluation.set");
  config.evaluation_count = settings.integer("evaluation.count");
  config.allow_wrap = settings.choice("overflow") == "wrap";
  config.recipe = parse_recipe(settings);
  config.lower = parse_lower_options(settings);
  config.lower.wrap = config.allow_wrap;
  config.dut = parse_dut_config(settings);
  config.bench = parse_bench_options(settings);
  config.mode = static_cast<ReplayMode>(settings.choice_index("mode"));
  config.workers = parse_workers(settings);
  config.checkpoint = settings.real("checkpoint");
  config.explain_ops = static_cast<int>(settings.integer("explain.ops"));
  config.explain_files = settings.boolean("explain.files");
  return config;
}

}  // namespace systole
