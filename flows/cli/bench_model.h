// bench_model.h: the speed of the integer model's products, beside oneDNN's on the same operands.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "flows/cli/bench_layers.h"
#include "model/ops/int_kernel.h"

namespace systole {

struct ModelBenchOptions {
  std::int64_t batch = 1;
  int runs = 11;  ///< The median counts.
  IntKernel kernel = fastest_int_kernel();
  double seconds = 1e-3;  ///< Of a run, at least: short layers are repeated.
};

struct OnednnLibrary {
  MakeLayerPeer make = nullptr;  ///< Null: this program was built without.
  std::string version;           ///< "2.6.3".
};

/// The oneDNN that this program was built with, on one thread. Throws SimulationError when it
/// cannot be loaded.
OnednnLibrary load_onednn();

/// Seconds of each of the layers, and of the network, on this thread. `peer` may be null. Throws
/// SimulationError when the two do not give the same integers.
nlohmann::ordered_json measure_layers(const BenchLayers& network, const ModelBenchOptions& options,
                                      MakeLayerPeer peer);

/// Both networks as tables, what they mean, and under what conditions.
std::string model_to_text(const nlohmann::ordered_json& figures);

}  // namespace systole
