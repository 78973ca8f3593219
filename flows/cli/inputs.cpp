// inputs.cpp: samples, files and seeded noise.
#include "flows/cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "model/config/error.h"
#include "model/tensor/npy.h"

namespace systole {
namespace {

IntTensor first_of(const IntTensor& tensor, std::int64_t count) {
  Shape shape = tensor.shape;
  shape[0] = std::min(count, shape[0]);
  const auto end = tensor.data.begin() + element_count(shape);
  return {shape, std::vector<std::int32_t>(tensor.data.begin(), end)};
}

Inputs from_samples(const std::map<std::string, SampleSet>& samples, const InputOptions& options) {
  const auto found = samples.find(options.set);
  if (found == samples.end()) {
    std::string names;
    for (const auto& [name, set] : samples) names += (names.empty() ? "" : ", ") + name;
    throw InputError({{},
                      "inputs.set",
                      "'" + options.set + "'",
                      "one of the bundle's samples: " + (names.empty() ? "it has none" : names),
                      "or give --input random"});
  }
  Inputs inputs;
  for (const auto& [name, tensor] : found->second.inputs)
    inputs.tensors[name] = first_of(tensor, options.count);
  inputs.text = fmt::format("{} of the samples '{}'",
                            std::min(options.count, found->second.count()), options.set);
  return inputs;
}

Inputs from_file(const IntNetwork& network, const InputOptions& options) {
  if (network.inputs.size() != 1)
    throw InputError({}, "a .npy file can feed one input; the network has " +
                             std::to_string(network.inputs.size()));
  const NetworkInput& input = network.inputs[0];
  IntTensor tensor = NpyFile(options.file).read_int();
  if (tensor.shape.size() == input.shape.size()) tensor.shape.insert(tensor.shape.begin(), 1);
  const Shape expected = batched(tensor.shape.empty() ? 0 : tensor.shape[0], input.shape);
  if (tensor.shape != expected || tensor.size() == 0)
    throw InputError({{options.file, 0},
                      "shape",
                      to_string(tensor.shape),
                      "[batch, ...] with " + to_string(input.shape) + " per sample",
                      ""});
  const IntRange range = input.quantization.type.range();
  for (const std::int32_t code : tensor.data)
    if (!range.contains(code))
      throw InputError({{options.file, 0},
                        "code",
                        std::to_string(code),
                        fmt::format("{} codes, in [{}, {}]", to_string(input.quantization.type),
                                    range.lo, range.hi),
                        "quantise the input first"});
  Inputs inputs;
  inputs.tensors[input.name] = first_of(tensor, options.count);
  inputs.text = fmt::format("{} of {}", inputs.tensors[input.name].shape[0], options.file);
  return inputs;
}

Inputs random_inputs(const IntNetwork& network, const InputOptions& options) {
  std::mt19937 random(options.seed);
  Inputs inputs;
  for (const NetworkInput& input : network.inputs) {
    const IntRange range = input.quantization.type.range();
    const auto codes = static_cast<std::uint64_t>(range.hi - range.lo + 1);
    IntTensor tensor(batched(options.count, input.shape));
    for (std::int32_t& code : tensor.data)  // Not a distribution: those differ between libraries.
      code = static_cast<std::int32_t>(range.lo + static_cast<std::int64_t>(random() % codes));
    inputs.tensors[input.name] = std::move(tensor);
  }
  inputs.text = fmt::format("{} random, seed {}", options.count, options.seed);
  return inputs;
}

}  // namespace

Shape batched(std::int64_t count, const Shape& shape) {
  Shape result = {count};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

Inputs make_inputs(const IntNetwork& network, const std::map<std::string, SampleSet>& samples,
                   const InputOptions& options) {
  switch (options.source) {
    case InputSource::kSamples:
      return from_samples(samples, options);
    case InputSource::kFile:
      return from_file(network, options);
    case InputSource::kRandom:
      return random_inputs(network, options);
    case InputSource::kCorners:
      return {corner_inputs(network, options.count), fmt::format("{} corners", options.count)};
  }
  return {};
}

}  // namespace systole
