// run_yaml.h: the text of a run's YAML file, for folders that hold what to run.
#pragma once

#include <cstdint>
#include <string>

#include "sim/bench/options.h"
#include "sim/dut/config.h"

namespace systole {

struct RunSettings {
  std::string comment;
  std::string network;      ///< The bundle's folder, as seen from the file's.
  std::int64_t count = 0;   ///< Samples of the set "test".
  bool allow_wrap = false;  ///< `overflow: wrap`.
  DutConfig dut;
  BenchOptions bench;
};

/// The design by its absolute path (a copy would hide that it has changed), and of the other
/// settings those that differ from their defaults.
std::string run_yaml(const RunSettings& settings);

}  // namespace systole
