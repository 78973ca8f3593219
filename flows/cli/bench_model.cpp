// bench_model.cpp: the same operands by turns through int_conv2d or int_matmul and the peer.
#include "flows/cli/bench_model.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "flows/cli/interrupt.h"
#include "flows/cli/measure.h"
#include "flows/cli/progress.h"
#include "model/ops/int_matmul.h"
#include "sim/dut/error.h"

namespace systole {
namespace {

constexpr std::uint32_t kSeed = 8;
constexpr std::int32_t kWeight =
    64;  // 2 * 255 * 64 fits 16 bits: without VNNI, oneDNN saturates there.

struct LayerOperands {
  IntTensor x, w;
};

IntTensor ours(const BenchLayer& layer, const LayerOperands& operands, IntKernel kernel) {
  if (!layer.is_linear()) return int_conv2d(operands.x, operands.w, layer.params, kernel);
  return int_matmul(operands.x, operands.w, kernel);
}

void expect_equal(const BenchLayer& layer, const IntTensor& mine, const IntTensor& theirs) {
  if (mine.size() != 0 && mine.data == theirs.data) return;
  throw SimulationError(fmt::format("{}: the two results differ; {} and {} elements compared",
                                    to_string(layer), mine.size(), theirs.size()));
}

/// Seconds of one of `times` calls.
template <class Run>
double seconds_of(std::int64_t times, Run run) {
  const double start = cpu_seconds();
  for (std::int64_t i = 0; i < times; ++i) run();
  return (cpu_seconds() - start) / static_cast<double>(times);
}

/// How often to call what takes `once`, so that a run takes `seconds`.
std::int64_t repetitions(double once, double seconds) {
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(seconds / std::max(once, 1e-9)), 1,
                                  100'000);
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

nlohmann::ordered_json measure_layer(const BenchLayer& layer, const ModelBenchOptions& options,
                                     MakeLayerPeer make_peer) {
  std::mt19937 random(kSeed);
  LayerOperands operands{noise(random, layer.x_shape(), 0, 255),
                         noise(random, layer.w_shape(), -kWeight, kWeight - 1)};
  if (layer.is_linear()) {
    operands.x.shape = {layer.batch, layer.cin};
    operands.w.shape = {layer.cin, layer.cout};
  }
  const auto run_ours = [&] { ours(layer, operands, options.kernel); };
  const std::unique_ptr<LayerPeer> peer =
      make_peer == nullptr ? nullptr : make_peer(layer, operands.x, operands.w);
  if (peer != nullptr) {
    peer->run();
    expect_equal(layer, ours(layer, operands, options.kernel), peer->result());
  }

  // In turn, so that a change of the machine's speed meets both.
  run_ours();
  const std::int64_t times = repetitions(seconds_of(1, run_ours), options.seconds);
  const std::int64_t peer_times =
      peer == nullptr ? 0 : repetitions(seconds_of(1, [&] { peer->run(); }), options.seconds);
  std::vector<double> mine, theirs;
  for (int run = 0; run < options.runs; ++run) {
    if (interrupted()) throw Interrupted{};
    mine.push_back(seconds_of(times, run_ours));
    if (peer != nullptr) theirs.push_back(seconds_of(peer_times, [&] { peer->run(); }));
  }
  nlohmann::ordered_json json = {{"layer", to_string(layer)},
                                 {"count", layer.count},
                                 {"macs", layer.macs()},
                                 {"seconds", median_of(mine)}};
  if (peer != nullptr) {
    json["onednn_seconds"] = median_of(theirs);
    json["onednn_implementation"] = peer->implementation();
  }
  return json;
}

}  // namespace

OnednnLibrary load_onednn() {
#ifdef SYSTOLE_ONEDNN
  setenv("OMP_NUM_THREADS", "1", 1);  // Read once, when OpenMP's library is loaded.
  void* library = dlopen(SYSTOLE_ONEDNN, RTLD_NOW | RTLD_LOCAL);
  void* make = library == nullptr ? nullptr : dlsym(library, "systole_onednn_layer");
  void* version = library == nullptr ? nullptr : dlsym(library, "systole_onednn_version");
  if (make == nullptr || version == nullptr)
    throw SimulationError(fmt::format("oneDNN cannot be loaded: {}", dlerror()));
  return {reinterpret_cast<MakeLayerPeer>(make), reinterpret_cast<const char* (*)()>(version)()};
#else
  return {};
#endif
}

nlohmann::ordered_json measure_layers(const BenchLayers& network, const ModelBenchOptions& options,
                                      MakeLayerPeer peer) {
  Progress progress;
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  double mine = 0.0, theirs = 0.0;
  std::int64_t macs = 0;
  for (const BenchLayer& layer : network.layers) {
    progress.show(fmt::format("{}: {}", network.network, to_string(layer)));
    nlohmann::ordered_json measured = measure_layer(layer, options, peer);
    mine += layer.count * measured.at("seconds").get<double>();
    theirs += layer.count * measured.value("onednn_seconds", 0.0);
    macs += layer.count * layer.macs();
    layers.push_back(std::move(measured));
  }
  nlohmann::ordered_json json = {{"name", network.network}, {"macs", macs}, {"seconds", mine}};
  if (peer != nullptr) json["onednn_seconds"] = theirs;
  json["layers"] = std::move(layers);
  return json;
}

}  // namespace systole
