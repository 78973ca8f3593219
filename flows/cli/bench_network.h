// bench_network.h: the speed of whole runs of a network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace systole {

/// A network of the benchmark: what `systole run` is given.
struct BenchNetwork {
  std::string name;
  std::string config;                ///< A run's YAML.
  std::vector<std::string> options;  ///< More options of the run.
};

/// The fixed set: the embedded network, and those that `flows/bench/run` imports.
std::vector<BenchNetwork> fixed_networks();

/// The median by wall time of `runs` runs of the program itself, each from the YAML to the verdict,
/// with the design cached: MACs on the RTL by seconds, where they went, and memory. Throws
/// SimulationError when a run gives no match, InputError when it refuses its input.
nlohmann::ordered_json measure_network(const BenchNetwork& network, int runs);

}  // namespace systole
