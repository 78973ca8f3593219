// fuse.cpp: turns a float network into the integer network that hardware computes.
#include "model/fuse/fuse.h"

#include <cassert>

#include "model/fuse/fuser.h"
#include "model/fuse/remove_identities.h"
#include "model/network/overloaded.h"

namespace systole {

FusedNetwork fuse(const FloatNetwork& network, const RealRanges& ranges,
                  const QuantizeRecipe& recipe, const CheckOptions& check) {
  FusedNetwork fused = Fuser(remove_identities(network), ranges, recipe).run();
  check_network(fused.network, check);
  return fused;
}

FusedNetwork Fuser::run() {
  result_.network.name = network_.name;
  result_.network.inputs = network_.inputs;
  for (const NetworkInput& input : network_.inputs) {
    const Quantization& quantization = input.quantization;
    names_.insert(input.name);
    coded_[input.name] = {input.name, quantization, quantization.type.range()};
  }
  for (const Group& group : find_groups(network_)) emit(group);
  for (const std::string& name : network_.outputs)
    result_.network.outputs.push_back(coded(name).name);
  return std::move(result_);
}

void Fuser::emit(const Group& group) {
  std::visit(
      Overloaded{[&](const Conv2d& op) { emit_linear(group, op.weight, op.bias); },
                 [&](const Linear& op) { emit_linear(group, op.weight, op.bias); },
                 [&](const BatchNorm& op) { emit_batch_norm(group, op); },
                 [&](const Relu& op) { emit_relu(group, op); },
                 [&](const Add&) { emit_add(group); },
                 [&](const MaxPool& op) { emit_on_codes(group, IntMaxPool{.window = op.window}); },
                 [&](const AvgPool& op) { emit_average(group, op.window, op.count_include_pad); },
                 [&](const GlobalAvgPool&) {
                   const Shape& x = shapes_.at(group.head->inputs[0]);
                   emit_average(group, {.kernel = {x[1], x[2]}}, false);
                 },
                 [&](const Concat&) { emit_concat(group); },
                 [&](const Flatten&) { emit_on_codes(group, IntFlatten{}); },
                 [&](const Pad& op) {
                   const Coded& x = coded(group.head->inputs[0]);
                   emit_on_codes(group, Pad{op.amounts, x.quantization.zero_point});
                 },
                 // `remove_identities` has left none.
                 [](const Identity&) { assert(false); }, [](const Dropout&) { assert(false); }},
      group.head->op);
}

}  // namespace systole
