// bundle_writer.cpp: writes a bundle.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/bundle_ops.h"
#include "model/network/bundle_samples.h"
#include "model/network/names.h"
#include "model/network/op_name.h"
#include "model/network/staged_directory.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

std::string names_text(const std::vector<std::string>& names) {
  std::vector<std::string> texts;
  for (const std::string& name : names) texts.push_back(yaml_text(name));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string source_text(const std::map<std::string, std::string>& source) {
  if (source.empty()) return "";
  std::string text = "source:\n";
  for (const auto& [key, value] : source)
    text += fmt::format("  {}: {}\n", yaml_text(key), yaml_text(value));
  return text;
}

std::string input_text(const NetworkInput& input) {
  const Quantization& q = input.quantization;
  if (input.is_float)
    return fmt::format("  - {{name: {}, shape: {}, type: float32}}\n", yaml_text(input.name),
                       to_string(input.shape));
  return fmt::format("  - {{name: {}, shape: {}, type: {}, scale: {}, zero_point: {}}}\n",
                     yaml_text(input.name), to_string(input.shape), to_string(q.type), q.scale,
                     q.zero_point);
}

template <class Op>
std::string network_text(const Graph<Op>& network, const Bundle& bundle,
                         std::vector<SafetensorsEntry>& tensors) {
  std::string text =
      fmt::format("format: systole-network\nversion: 1\nkind: {}\nname: {}\n",
                  std::is_same_v<Op, FloatOp> ? "float" : "integer", yaml_text(network.name));
  if (!bundle.description.empty())
    text += fmt::format("description: {}\n", yaml_text(bundle.description));
  text += source_text(bundle.source) + "inputs:\n";
  for (const NetworkInput& input : network.inputs) text += input_text(input);
  text += fmt::format("outputs: {}\n", names_text(network.outputs));
  text += write_samples(bundle.samples, network.inputs, tensors) + "ops:\n";
  for (const Node<Op>& node : network.nodes)
    text += fmt::format("  - {{name: {}, op: {}, inputs: {}{}}}\n", yaml_text(node.name),
                        op_name(node.op), names_text(node.inputs), write_op(node, tensors));
  return text;
}

/// Tensors are named `<op>.<key>` and `<set>.<input>`, so an op and a set may clash.
void expect_unique_names(const std::string& directory,
                         const std::vector<SafetensorsEntry>& tensors) {
  std::set<std::string> names;
  for (const SafetensorsEntry& tensor : tensors)
    if (!names.insert(tensor.name).second)
      throw InputError(directory, fmt::format("two tensors would be named {}; rename the op or the "
                                              "sample set",
                                              tensor.name));
}

}  // namespace

std::string write_bundle(const std::string& directory, const Bundle& bundle) {
  std::vector<SafetensorsEntry> tensors;
  const std::string text = std::visit(
      [&](const auto& network) { return network_text(network, bundle, tensors); }, bundle.network);
  expect_unique_names(directory, tensors);

  StagedDirectory staged(directory, {"network.yaml", "tensors.safetensors"});
  const std::string yaml_path = staged.file("network.yaml");
  const std::string tensors_path = staged.file("tensors.safetensors");
  write_file_atomically(yaml_path, text);
  write_safetensors(tensors_path, tensors);
  std::string hash = sha256(sha256_of_file(yaml_path) + sha256_of_file(tensors_path));
  staged.commit();
  return hash;
}

const FloatNetwork& float_network(const Bundle& bundle, const std::string& directory) {
  if (const auto* network = std::get_if<FloatNetwork>(&bundle.network)) return *network;
  throw InputError({.where = directory, .key = "kind", .got = "integer", .expected = "float"});
}

const IntNetwork& int_network(const Bundle& bundle, const std::string& directory) {
  if (const auto* network = std::get_if<IntNetwork>(&bundle.network)) return *network;
  throw InputError({.where = directory, .key = "kind", .got = "float", .expected = "integer"});
}

}  // namespace systole
