// calibrate.cpp: shows what a float network computes over samples to observers.
#include "model/quant/calibrate.h"

#include <fmt/format.h>

#include <set>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "model/network/parallel.h"

namespace systole {
namespace {

/// The watched tensors of one batch.
FloatTensors run_batch(const FloatNetwork& network, const AnyTensors& batch,
                       const std::set<std::string>& watched) {
  check_inputs(batch, network.inputs);
  FloatTensors kept;
  FloatTensors inputs = real_inputs(batch, network.inputs);
  for (const auto& [name, tensor] : inputs)
    if (watched.contains(name)) kept[name] = tensor;
  run_float(network, std::move(inputs), [&](const FloatNode& node, const FloatTensor& output) {
    if (watched.contains(node.name)) kept[node.name] = output;
  });
  return kept;
}

}  // namespace

void calibrate(const FloatNetwork& network, const SampleSource& samples,
               const std::vector<Watch>& watches, const BatchOptions& options) {
  if (samples.count < 1)
    throw InputError({.key = network.name,
                      .got = "no samples",
                      .expected = "at least one sample to calibrate with"});
  std::set<std::string> watched;
  for (const Watch& watch : watches) watched.insert(watch.tensors.begin(), watch.tensors.end());
  for_each_wave<FloatTensors>(
      samples, options, [&](const AnyTensors& batch) { return run_batch(network, batch, watched); },
      [&](const std::vector<FloatTensors>& outputs) {
        parallel_for(std::ssize(watches), options.threads, [&](std::int64_t w) {
          const Watch& watch = watches[static_cast<std::size_t>(w)];
          for (const FloatTensors& batch : outputs)
            for (const std::string& name : watch.tensors) watch.observe(batch.at(name));
        });
      });
}

}  // namespace systole
