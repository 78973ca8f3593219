// inputs.cpp: samples, files and seeded noise.
#include "flows/cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "model/config/error.h"
#include "model/tensor/npy.h"

namespace systole {
namespace {

/// At most `count` samples of every tensor.
AnyTensors first_of(const AnyTensors& tensors, std::int64_t count) {
  return slice_batch(tensors, 0, std::min(count, shape_of(tensors.begin()->second)[0]));
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
  inputs.tensors = first_of(found->second.inputs, options.count);
  inputs.text = fmt::format("{} of the samples '{}'",
                            std::min(options.count, found->second.count()), options.set);
  return inputs;
}

/// With the batch axis, of the network's shape.
template <class T>
Tensor<T> read_samples(Tensor<T> tensor, const NetworkInput& input, const std::string& file) {
  if (tensor.shape.size() == input.shape.size()) tensor.shape.insert(tensor.shape.begin(), 1);
  const Shape expected = batched(tensor.shape.empty() ? 0 : tensor.shape[0], input.shape);
  if (tensor.shape != expected || tensor.size() == 0)
    throw InputError({{file, 0},
                      "shape",
                      to_string(tensor.shape),
                      "[batch, ...] with " + to_string(input.shape) + " per sample",
                      ""});
  return tensor;
}

IntTensor read_codes(const NpyFile& file, const NetworkInput& input, const std::string& path) {
  IntTensor tensor = read_samples(file.read_int(), input, path);
  const IntRange range = input.quantization.type.range();
  for (const std::int32_t code : tensor.data)
    if (!range.contains(code))
      throw InputError({{path, 0},
                        "code",
                        std::to_string(code),
                        fmt::format("{} codes, in [{}, {}]", to_string(input.quantization.type),
                                    range.lo, range.hi),
                        "quantise the input first"});
  return tensor;
}

Inputs from_file(const IntNetwork& network, const InputOptions& options) {
  if (network.inputs.size() != 1)
    throw InputError({}, "a .npy file can feed one input; the network has " +
                             std::to_string(network.inputs.size()));
  const NetworkInput& input = network.inputs[0];
  const NpyFile file(options.file);
  AnyTensors tensors;
  if (input.is_float)
    tensors[input.name] = read_samples(file.read_float(), input, options.file);
  else
    tensors[input.name] = read_codes(file, input, options.file);
  Inputs inputs;
  inputs.tensors = first_of(tensors, options.count);
  inputs.text = fmt::format("{} of {}", shape_of(inputs.tensors.at(input.name))[0], options.file);
  return inputs;
}

/// A real in [-1, 1), a multiple of 2^-15.
float real_of(std::uint32_t bits) {
  return static_cast<float>(static_cast<std::int32_t>(bits % 65536) - 32768) / 32768.0F;
}

Inputs random_inputs(const IntNetwork& network, const InputOptions& options) {
  std::mt19937 random(options.seed);
  Inputs inputs;
  for (const NetworkInput& input : network.inputs) {
    if (input.is_float) {
      FloatTensor tensor(batched(options.count, input.shape));
      for (float& real : tensor.data) real = real_of(static_cast<std::uint32_t>(random()));
      inputs.tensors[input.name] = std::move(tensor);
      continue;
    }
    const IntRange range = drawable_codes(network, input);
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

IntRange drawable_codes(const IntNetwork& network, const NetworkInput& input) {
  IntRange codes = input.quantization.type.range();
  for (const IntNode& node : network.nodes) {
    const auto* island = std::get_if<FloatIsland>(&node.op);
    const auto* embedding = island ? std::get_if<Embedding>(&island->op) : nullptr;
    if (!embedding || node.inputs[0] != input.name) continue;
    codes.lo = std::max<std::int64_t>(codes.lo, 0);
    codes.hi = std::min(codes.hi, embedding->table.shape[0] - 1);
  }
  return codes;
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
