// fuse.cpp: turns a float network into the integer network that hardware computes.
#include "model/fuse/fuse.h"

#include <cassert>

#include "model/fuse/fuser.h"
#include "model/fuse/placement.h"
#include "model/network/overloaded.h"

namespace systole {

FusedNetwork fuse(const EncodedNetwork& encoded, const FuseOptions& options,
                  const CheckOptions& check) {
  FusedNetwork fused = Fuser(encoded, options).run();
  check_network(fused.network, check);
  return fused;
}

FusedNetwork Fuser::run() {
  result_.network.name = network_.name;
  for (NetworkInput input : network_.inputs) {
    names_.insert(input.name);
    if (encoded_.tensors.contains(input.name)) {
      const CodeTarget target = token_target_of(input.name);
      input.quantization = target.quantization;
      input.is_float = false;
      coded_[input.name] = {input.name, target.quantization, target.codes, target.tokens};
    } else if (!input.is_float) {
      const Quantization& q = input.quantization;
      coded_[input.name] = {input.name, q, q.type.range()};
    } else {
      reals_[input.name] = input.name;
    }
    result_.network.inputs.push_back(std::move(input));
  }
  for (const Group& group : groups_) emit(group);
  for (const std::string& name : network_.outputs)
    result_.network.outputs.push_back(coded_.contains(name) ? coded_.at(name).name
                                                            : reals_.at(name));
  return std::move(result_);
}

void Fuser::emit(const Group& group) {
  if (is_island(group)) {
    for (const FloatNode* node : group.nodes()) emit_island(*node);
    return;
  }
  std::visit(
      Overloaded{[&](const Conv2d& op) { emit_linear(group, op.bias); },
                 [&](const Linear& op) { emit_linear(group, op.bias); },
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
                 [&](const Flatten&) { emit_movement(group, IntFlatten{}); },
                 [&](const Pad& op) {
                   const Coded x = operand(*group.head, 0);
                   emit_on_codes(group, Pad{op.amounts, x.quantization.zero_point});
                 },
                 [&](const Identity&) { define_passed(group, operand(*group.head, 0)); },
                 [&](const Dropout&) { define_passed(group, operand(*group.head, 0)); },
                 [&](const BatchMatmul& op) { emit_batch_matmul(group, op); },
                 [&](const Softmax&) { emit_softmax(group); },
                 [&](const MaskScores&) { emit_softmax(group); },
                 [&](const Reshape& op) { emit_movement(group, op); },
                 [&](const Transpose& op) { emit_movement(group, op); },
                 [&](const Slice& op) { emit_movement(group, op); },
                 [&](const Roll& op) { emit_movement(group, op); },
                 [](const auto&) { assert(false); }},  // Always islands.
      group.head->op);
}

}  // namespace systole
