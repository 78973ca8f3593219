// placement.cpp: which tensors of a float network carry quantizers.
#include "model/fuse/placement.h"

#include <algorithm>

#include "model/fuse/host_ops.h"

namespace systole {

TensorRoles tensor_roles(const FloatNetwork& network) {
  TensorRoles roles;
  const std::vector<Group> groups = find_groups(network);
  const GroupPlan plan = plan_groups(network, groups);
  for (const std::string& name : plan.streams) roles[name] = TensorRole::kStream;
  for (const Group& group : groups) {
    const std::string& name = group.tail().name;
    if (is_softmax(group) && plan.needs_codes.contains(name))
      roles[name] = TensorRole::kProbability;
    if (is_final(network, name)) roles[name] = TensorRole::kOutput;
    if (group.feeds_hosted_add) roles[name] = TensorRole::kResidual;
  }
  return roles;
}

bool is_final(const FloatNetwork& network, const std::string& name) {
  const std::vector<std::string>& outputs = network.outputs;
  bool reaches_output = std::find(outputs.begin(), outputs.end(), name) != outputs.end();
  for (const FloatNode& node : network.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), name) == node.inputs.end()) continue;
    if (!is_movement(node.op) || !is_final(network, node.name)) return false;
    reaches_output = true;
  }
  return reaches_output;
}

std::set<std::string> kept_tensors(const FloatNetwork& network,
                                   const std::set<std::string>& quantised,
                                   const std::set<std::string>& skipped) {
  std::set<std::string> kept = quantised;
  kept.insert(skipped.begin(), skipped.end());
  for (const FloatNode& node : network.nodes)
    if (skipped.contains(node.name)) kept.insert(node.inputs.begin(), node.inputs.end());
  return kept;
}

std::vector<Group> fused_groups(const EncodedNetwork& encoded) {
  std::set<std::string> quantised;
  for (const auto& [name, encoding] : encoded.tensors) quantised.insert(name);
  return find_groups(encoded.network, kept_tensors(encoded.network, quantised, encoded.skipped));
}

}  // namespace systole
