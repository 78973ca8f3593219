// remove_identities.cpp: follows names through the ops that pass their operand on.
#include "model/fuse/remove_identities.h"

#include "model/config/error.h"

namespace systole {
namespace {

bool passes_on(const FloatOp& op) {
  return std::holds_alternative<Identity>(op) || std::holds_alternative<Dropout>(op);
}

}  // namespace

FloatNetwork remove_identities(const FloatNetwork& network) {
  FloatNetwork result{
      .name = network.name, .inputs = network.inputs, .outputs = network.outputs, .nodes = {}};
  std::map<std::string, std::string> passed_on;  // Op -> what it passes on, which is no such op.
  const auto follow = [&](std::vector<std::string>& names) {
    for (std::string& name : names)
      if (const auto found = passed_on.find(name); found != passed_on.end()) name = found->second;
  };
  for (FloatNode node : network.nodes) {
    follow(node.inputs);
    if (passes_on(node.op))
      passed_on[node.name] = node.inputs[0];
    else
      result.nodes.push_back(std::move(node));
  }
  follow(result.outputs);
  if (result.nodes.empty())
    throw InputError({.where = {},
                      .key = network.name,
                      .got = "identity and dropout ops only",
                      .expected = "at least one op that computes something"});
  return result;
}

}  // namespace systole
