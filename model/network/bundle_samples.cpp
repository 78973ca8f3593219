// bundle_samples.cpp: reads and writes the named data sets of a bundle.
#include "model/network/bundle_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/nearest.h"
#include "model/network/bundle_ops.h"
#include "model/network/names.h"
#include "model/network/op_fields.h"

namespace systole {
namespace {

InputError error_at(const Value& value, const std::string& got, const std::string& expected) {
  return InputError({.where = value.location(),
                     .key = value.key(),
                     .got = got,
                     .expected = expected,
                     .hint = ""});
}

const std::string& tensor_name(const Value& value, const SafetensorsFile& tensors, bool reals) {
  const std::string& name = value.as_string();
  if (!tensors.contains(name))
    throw value.error(fmt::format("a tensor of {}", tensors.path()),
                      did_you_mean(name, tensors.names()));
  expect_kind(value, tensors, reals);
  return name;
}

IntTensor read_tensor(const Value& value, const IntRange& range, const SafetensorsFile& tensors) {
  const std::string& name = tensor_name(value, tensors, false);
  IntTensor tensor = tensors.read_int(name);
  for (std::int64_t i = 0; i < tensor.size(); ++i)
    if (!range.contains(tensor[i]))
      throw error_at(
          value,
          fmt::format("{} at {} of {}", tensor[i], to_string(unravel(i, tensor.shape)), name),
          fmt::format("values in [{}, {}]", range.lo, range.hi));
  return tensor;
}

FloatTensor read_reals(const Value& value, const SafetensorsFile& tensors) {
  const std::string& name = tensor_name(value, tensors, true);
  FloatTensor tensor = tensors.read_float(name);
  for (std::int64_t i = 0; i < tensor.size(); ++i)
    if (!std::isfinite(tensor[i]))
      throw error_at(
          value,
          fmt::format("{} at {} of {}", tensor[i], to_string(unravel(i, tensor.shape)), name),
          "finite values");
  return tensor;
}

AnyTensor read_input_samples(const Value& value, const NetworkInput& input,
                             const SafetensorsFile& tensors) {
  AnyTensor samples;
  if (input.is_float)
    samples = read_reals(value, tensors);
  else
    samples = read_tensor(value, input.quantization.type.range(), tensors);
  const Shape& shape = shape_of(samples);
  Shape expected = input.shape;
  expected.insert(expected.begin(), shape.empty() ? 1 : shape[0]);
  if (shape != expected || element_count(shape) == 0)
    throw error_at(value, to_string(shape),
                   fmt::format("[count, ...] of samples {}", to_string(input.shape)));
  return samples;
}

SampleSet read_set(const Value& yaml, const std::vector<NetworkInput>& inputs,
                   const SafetensorsFile& tensors) {
  std::vector<std::string> keys = {"labels"};
  for (const NetworkInput& input : inputs) keys.push_back(input.name);
  yaml.expect_keys(keys);
  SampleSet set;
  for (const NetworkInput& input : inputs) {
    const Value value = yaml.get(input.name);
    const AnyTensor& tensor = set.inputs[input.name] = read_input_samples(value, input, tensors);
    if (shape_of(tensor)[0] != set.count())
      throw error_at(value, fmt::format("{} samples", shape_of(tensor)[0]),
                     fmt::format("{}, as the other inputs have", set.count()));
  }
  if (const auto labels = yaml.find("labels")) {
    IntTensor values = read_tensor(*labels, {0, INT32_MAX}, tensors);
    if (values.shape != Shape{set.count()})
      throw error_at(*labels, to_string(values.shape),
                     fmt::format("[{}], one label per sample", set.count()));
    set.labels = std::move(values.data);
  }
  return set;
}

}  // namespace

std::map<std::string, SampleSet> read_samples(const Value& yaml,
                                              const std::vector<NetworkInput>& inputs,
                                              const SafetensorsFile& tensors) {
  std::map<std::string, SampleSet> samples;
  for (const std::string& name : yaml.keys()) {
    if (!is_name(name)) throw yaml.get(name).error("a set whose name has no special characters");
    samples[name] = read_set(yaml.get(name), inputs, tensors);
  }
  return samples;
}

std::string write_samples(const std::map<std::string, SampleSet>& samples,
                          const std::vector<NetworkInput>& inputs,
                          std::vector<SafetensorsEntry>& tensors) {
  if (samples.empty()) return "";
  std::string text = "samples:\n";
  for (const auto& [set_name, set] : samples) {
    std::string fields;
    for (const NetworkInput& input : inputs) {
      const std::string name = fmt::format("{}.{}", set_name, input.name);
      const AnyTensor& tensor = set.inputs.at(input.name);
      tensors.push_back(is_real(tensor) ? encode(name, reals(tensor))
                                        : encode(name, integers(tensor), input.quantization.type));
      fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", yaml_text(input.name), name);
    }
    if (!set.labels.empty()) {
      const std::string name = fmt::format("{}.labels", set_name);
      tensors.push_back(encode_narrow(name, IntTensor({std::ssize(set.labels)}, set.labels)));
      fields += fmt::format(", labels: {}", name);
    }
    text += fmt::format("  {}: {{{}}}\n", yaml_text(set_name), fields);
  }
  return text;
}

}  // namespace systole
