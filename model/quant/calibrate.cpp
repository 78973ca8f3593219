// calibrate.cpp: shows what a float network computes over samples to observers.
#include "model/quant/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
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
  const std::int64_t batches = (samples.count + options.batch - 1) / options.batch;
  const std::int64_t wave = std::max(options.threads, 1);
  for (std::int64_t first = 0; first < batches; first += wave) {
    // A wave of batches is computed, one per thread; then every observer sees them in order.
    const std::int64_t count = std::min(wave, batches - first);
    std::vector<FloatTensors> outputs(static_cast<std::size_t>(count));
    parallel_for(count, options.threads, [&](std::int64_t i) {
      const std::int64_t begin = (first + i) * options.batch;
      const std::int64_t size = std::min(options.batch, samples.count - begin);
      outputs[static_cast<std::size_t>(i)] = run_batch(network, samples.read(begin, size), watched);
    });
    parallel_for(std::ssize(watches), options.threads, [&](std::int64_t w) {
      const Watch& watch = watches[static_cast<std::size_t>(w)];
      for (const FloatTensors& batch : outputs)
        for (const std::string& name : watch.tensors) watch.observe(batch.at(name));
    });
    if (options.progress)
      options.progress(std::min(samples.count, (first + count) * options.batch), samples.count);
  }
}

}  // namespace systole
