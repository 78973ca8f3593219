// run_config.h: the keys of a run's YAML file and what they mean together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config/settings.h"
#include "model/lower/options.h"
#include "model/quant/recipe.h"
#include "sim/bench/options.h"
#include "sim/dut/config.h"

namespace systole {

enum class InputSource { kSamples, kFile, kRandom, kCorners };

/// Where a run's inputs come from.
struct InputOptions {
  InputSource source = InputSource::kSamples;
  std::string set;   ///< Of the bundle's samples.
  std::string file;  ///< A .npy file.
  std::int64_t count = 4;
  std::uint32_t seed = 1;
};

/// What an op gets: golden inputs, or what the design made of the ops before.
enum class ReplayMode { kIsolated, kChained };

struct RunConfig {
  Settings settings;
  std::string file;
  std::string network;  ///< The bundle's directory.
  InputOptions inputs;
  std::string calibration_set;
  std::string calibration_file;         ///< A .npy file instead; may be larger than memory.
  std::int64_t calibration_batch = 16;  ///< Samples that a moving average takes together.
  std::string evaluation_set;
  std::int64_t evaluation_count = 0;  ///< 0: all.
  bool allow_wrap = false;
  Recipe recipe;
  LowerOptions lower;
  DutConfig dut;
  BenchOptions bench;
  ReplayMode mode = ReplayMode::kIsolated;
  int workers = 1;
  double checkpoint = 0.0;  ///< Seconds.
  int explain_ops = 0;      ///< Differing ops that are re-run.
  bool explain_files = false;
};

/// Every key of a run configuration: the table that validates it and that `systole explain` prints.
KeyTable run_keys();

/// Reads `file` with `overrides` (`key=value`). Throws InputError.
RunConfig load_run_config(const std::string& file, const std::vector<std::string>& overrides);

}  // namespace systole
