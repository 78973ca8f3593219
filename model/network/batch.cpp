// batch.cpp: samples of a data set as batches for a network.
#include "model/network/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/config/error.h"
#include "model/config/nearest.h"

namespace systole {
namespace {

template <class T>
Tensor<T> slice(const Tensor<T>& tensor, std::int64_t first, std::int64_t count) {
  assert(!tensor.shape.empty() && first >= 0 && first + count <= tensor.shape[0]);
  const std::int64_t sample = tensor.size() / tensor.shape[0];
  Shape shape = tensor.shape;
  shape[0] = count;
  const auto begin = tensor.data.begin() + first * sample;
  return Tensor<T>(std::move(shape), {begin, begin + count * sample});
}

const Shape& shape_of(const FloatTensor& tensor) { return tensor.shape; }

template <class Tensors>
void check_names(const Tensors& tensors, const std::vector<NetworkInput>& inputs) {
  std::vector<std::string> names;
  for (const NetworkInput& input : inputs) names.push_back(input.name);
  for (const auto& [name, tensor] : tensors)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw InputError({.key = name,
                        .got = "a tensor of this name",
                        .expected = fmt::format("one of the network's {} inputs", names.size()),
                        .hint = did_you_mean(name, names)});
}

template <class Tensors>
std::int64_t check_shapes(const Tensors& tensors, const std::vector<NetworkInput>& inputs) {
  check_names(tensors, inputs);
  std::int64_t batch = 0;
  for (const NetworkInput& input : inputs) {
    const auto found = tensors.find(input.name);
    if (found == tensors.end())
      throw InputError({.key = input.name, .got = "no tensor", .expected = "the network's input"});
    const Shape& shape = shape_of(found->second);
    if (batch == 0 && !shape.empty()) batch = shape[0];
    Shape expected = input.shape;
    expected.insert(expected.begin(), batch);
    if (shape != expected || batch < 1)
      throw InputError({.key = input.name,
                        .got = to_string(shape),
                        .expected = fmt::format("[batch, ...] of samples {}, one batch for all",
                                                to_string(input.shape))});
  }
  return batch;
}

InputError bad_element(const NetworkInput& input, const std::string& value, std::int64_t position,
                       const Shape& shape, const std::string& expected) {
  return InputError({.key = input.name,
                     .got = fmt::format("{} at {}", value, to_string(unravel(position, shape))),
                     .expected = expected});
}

void check_codes(const IntTensor& codes, const NetworkInput& input) {
  const IntRange range = input.quantization.type.range();
  for (std::int64_t i = 0; i < codes.size(); ++i)
    if (!range.contains(codes[i]))
      throw bad_element(input, std::to_string(codes[i]), i, codes.shape,
                        fmt::format("codes in [{}, {}]", range.lo, range.hi));
}

void check_reals(const FloatTensor& reals, const NetworkInput& input) {
  for (std::int64_t i = 0; i < reals.size(); ++i)
    if (!std::isfinite(reals[i]))
      throw bad_element(input, fmt::format("{}", reals[i]), i, reals.shape, "finite values");
}

}  // namespace

IntTensors slice_batch(const IntTensors& tensors, std::int64_t first, std::int64_t count) {
  IntTensors slices;
  for (const auto& [name, tensor] : tensors) slices[name] = slice(tensor, first, count);
  return slices;
}

AnyTensors slice_batch(const AnyTensors& tensors, std::int64_t first, std::int64_t count) {
  AnyTensors slices;
  for (const auto& [name, tensor] : tensors)
    slices[name] =
        std::visit([&](const auto& t) -> AnyTensor { return slice(t, first, count); }, tensor);
  return slices;
}

IntTensors all_integers(const AnyTensors& tensors) {
  IntTensors result;
  for (const auto& [name, tensor] : tensors) {
    if (is_real(tensor))
      throw InputError({.key = name, .got = "reals (float32)", .expected = "integer codes"});
    result[name] = integers(tensor);
  }
  return result;
}

FloatTensors real_inputs(const AnyTensors& samples, const std::vector<NetworkInput>& inputs) {
  FloatTensors result;
  for (const NetworkInput& input : inputs) {
    const AnyTensor& tensor = samples.at(input.name);
    result[input.name] =
        input.is_float ? reals(tensor) : dequantize(integers(tensor), input.quantization);
  }
  return result;
}

IntTensors quantize_inputs(const FloatTensors& reals, const std::vector<NetworkInput>& inputs) {
  IntTensors codes;
  for (const NetworkInput& input : inputs)
    codes[input.name] = quantize(reals.at(input.name), input.quantization);
  return codes;
}

std::int64_t check_inputs(const FloatTensors& tensors, const std::vector<NetworkInput>& inputs) {
  return check_shapes(tensors, inputs);
}

std::int64_t check_inputs(const AnyTensors& tensors, const std::vector<NetworkInput>& inputs) {
  const std::int64_t batch = check_shapes(tensors, inputs);
  for (const NetworkInput& input : inputs) {
    const AnyTensor& tensor = tensors.at(input.name);
    if (is_real(tensor) != input.is_float)
      throw InputError({.key = input.name,
                        .got = is_real(tensor) ? "reals" : "integers",
                        .expected = input.is_float ? "reals (float32)" : "integer codes"});
    if (input.is_float)
      check_reals(reals(tensor), input);
    else
      check_codes(integers(tensor), input);
  }
  return batch;
}

}  // namespace systole
