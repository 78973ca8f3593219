// import_trace.cpp: another tool's recorded tensors as a trace.
#include "golden/import_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/config/error.h"
#include "model/config/nearest.h"
#include "model/tensor/safetensors.h"

namespace systole {
namespace {

AnyTensor read(const SafetensorsFile& file, const std::string& name, bool is_float) {
  if (is_float) return file.read_float(name);
  return file.read_int(name);
}

void expect_known(const SafetensorsFile& file, const IntNetwork& network) {
  std::vector<std::string> names;
  for (const NetworkInput& input : network.inputs) names.push_back(input.name);
  for (const IntNode& node : network.nodes) names.push_back(node.name);
  if (file.names().empty())
    throw InputError({.where = file.path(), .got = "no tensor", .expected = "recorded tensors"});
  for (const std::string& name : file.names())
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw InputError({.where = file.path(),
                        .key = name,
                        .got = "a tensor of this name",
                        .expected = "an input or op of network " + network.name,
                        .hint = did_you_mean(name, names)});
}

}  // namespace

Trace import_trace(const IntNetwork& network, const std::string& network_hash,
                   const std::string& path) {
  const SafetensorsFile file(path);
  expect_known(file, network);
  Trace trace;
  trace.network = network.name;
  trace.network_hash = network_hash;
  for (const NetworkInput& input : network.inputs)
    if (file.contains(input.name)) add_input(trace, input, read(file, input.name, input.is_float));
  for (const IntNode& node : network.nodes)
    if (file.contains(node.name)) add_output(trace, node, read(file, node.name, node.is_float));
  for (TraceEntry& entry : trace.entries)  // Of what was not recorded there is nothing to name.
    std::erase_if(entry.inputs, [&](const auto& name) { return !trace.tensors.contains(name); });
  return trace;
}

}  // namespace systole
