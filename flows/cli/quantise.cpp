// quantise.cpp: from a float bundle to its quantizers and its integer network.
#include "flows/cli/quantise.h"

#include <algorithm>
#include <memory>

#include "flows/cli/interrupt.h"
#include "model/config/error.h"
#include "model/network/parallel.h"
#include "model/tensor/npy.h"

namespace systole {
namespace {

/// Samples of the network's one input, read from the file when they are needed.
SampleSource samples_of_file(const FloatNetwork& network, const RunConfig& config) {
  if (network.inputs.size() != 1)
    throw config.settings.error("calibration.file", "a network with one input",
                                "use calibration.set");
  const NetworkInput& input = network.inputs[0];
  const auto file = std::make_shared<NpyFile>(config.calibration_file);
  Shape expected = input.shape;
  expected.insert(expected.begin(), file->shape().empty() ? 0 : file->shape()[0]);
  if (file->shape() != expected || expected[0] < 1)
    throw InputError({.where = {config.calibration_file},
                      .got = to_string(file->shape()),
                      .expected = "[samples, ...] of " + to_string(input.shape)});
  return {.count = expected[0],
          .read = [file, name = input.name, is_float = input.is_float](
                      std::int64_t first, std::int64_t count) -> AnyTensors {
            if (is_float) return {{name, file->read_float(first, count)}};
            return {{name, file->read_int(first, count)}};
          }};
}

}  // namespace

BatchOptions batch_options(const RunConfig& config, SampleProgress progress) {
  return {.batch = config.calibration_batch,
          .threads = processor_count(),
          .progress = [progress = std::move(progress)](std::int64_t done, std::int64_t total) {
            if (interrupted()) throw Interrupted{};
            if (progress) progress(done, total);
          }};
}

SampleSource calibration_samples(const Bundle& bundle, const RunConfig& config) {
  if (!config.calibration_file.empty())
    return samples_of_file(float_network(bundle, config.network), config);
  const auto found = bundle.samples.find(config.calibration_set);
  if (found == bundle.samples.end())
    throw config.settings.error("calibration.set",
                                "a sample set of the float bundle " + config.network,
                                "activation ranges are measured on it");
  return samples_of(found->second.inputs);
}

EncodedNetwork encode_bundle(const RunConfig& config, const Bundle& bundle,
                             const BatchOptions& options) {
  return encode(float_network(bundle, config.network), config.recipe,
                calibration_samples(bundle, config), options);
}

Quantised quantise(const RunConfig& config, const Bundle& bundle, const BatchOptions& options) {
  Quantised quantised{.encoded = encode_bundle(config, bundle, options), .fused = {}};
  quantised.fused =
      fuse(quantised.encoded, {config.recipe.rounding, config.recipe.scale}, {config.allow_wrap});
  return quantised;
}

std::optional<SampleSet> evaluation_samples(const Bundle& bundle, const RunConfig& config) {
  const auto found = bundle.samples.find(config.evaluation_set);
  if (found == bundle.samples.end() || found->second.labels.empty()) {
    if (config.settings.is_set("evaluation.set"))
      throw config.settings.error("evaluation.set", "a labelled sample set of " + config.network);
    return std::nullopt;
  }
  SampleSet samples = found->second;
  const std::int64_t count = config.evaluation_count
                                 ? std::min(config.evaluation_count, samples.count())
                                 : samples.count();
  samples.inputs = slice_batch(samples.inputs, 0, count);
  samples.labels.resize(static_cast<std::size_t>(count));
  return samples;
}

void replace_network(Bundle& bundle, Quantised quantised) {
  for (auto& [name, set] : bundle.samples)
    set.inputs = input_codes(quantised.encoded, quantised.fused.network, set.inputs);
  bundle.network = std::move(quantised.fused.network);
}

}  // namespace systole
