// fuse_island.cpp: ops that stay in float between integers.
#include <fmt/format.h>

#include "model/fuse/fuser.h"
#include "model/network/float_params.h"

namespace systole {
namespace {

/// The op of an integer network that computes `op` on reals: movements move either kind.
IntOp on_reals(const FloatOp& op) {
  return std::visit(
      []<class Op>(const Op& alternative) -> IntOp {
        if constexpr (std::is_constructible_v<IntOp, std::in_place_type_t<Op>, Op>)
          return alternative;
        else
          return FloatIsland{alternative};
      },
      op);
}

QuantizeReal quantizer_of(const CodeTarget& target) {
  return {.rule = QuantizeRule::kDivideHalfEven,
          .factor = static_cast<float>(target.quantization.scale),
          .zero_point = target.quantization.zero_point,
          .range = target.codes,
          .token_factors = {target.tokens.step.begin(), target.tokens.step.end()},
          .token_zero_points = target.tokens.zero_point};
}

/// Codes that stand for themselves: what an embedding looks up needs no reals.
bool is_plain(const Quantization& q) { return q.scale == 1 && q.zero_point == 0; }

}  // namespace

bool Fuser::is_island(const Group& group) const {
  const FloatNode& head = *group.head;
  if (encoded_.skipped.contains(head.name) || plan_.on_host.contains(group.tail().name))
    return true;
  if (is_product(head.op) && !encoded_.weights.contains(head.name)) return true;
  if (is_softmax(group) && !group.chain.empty() && reals_.contains(head.inputs[1])) return true;
  if (is_requantised(group)) return !encoded_.tensors.contains(group.tail().name);
  // Pools and the like work on whatever they get.
  return !coded_.contains(head.inputs[0]);
}

std::string Fuser::real(const FloatNode& node, std::size_t index) {
  const std::string& name = node.inputs[index];
  if (const auto found = reals_.find(name); found != reals_.end()) return found->second;
  const Coded x = operand(node, index);
  if (std::holds_alternative<Embedding>(node.op) && is_plain(x.quantization)) return x.name;
  const std::string real_name = x.name + ".real";
  if (names_.insert(real_name).second)
    result_.network.nodes.push_back({.name = real_name,
                                     .inputs = {x.name},
                                     .op = Dequantize{.operand = x.quantization},
                                     .is_float = true});
  return real_name;
}

void Fuser::emit_island(const FloatNode& node) {
  IntNode island{.name = node.name, .inputs = {}, .op = on_reals(node.op), .is_float = true};
  for (std::size_t i = 0; i < node.inputs.size(); ++i) island.inputs.push_back(real(node, i));
  expect_new_name(node.name);
  reals_[node.name] = node.name;
  result_.network.nodes.push_back(std::move(island));
  quantise_island(node);
}

void Fuser::quantise_island(const FloatNode& node) {
  if (!encoded_.tensors.contains(node.name)) {
    result_.float_names[node.name] = node.name;
    return;
  }
  const CodeTarget target = token_target_of(node.name);
  const std::string quant = node.name + ".quant";
  expect_new_name(quant);
  const Quantization& q = target.quantization;
  result_.network.nodes.push_back(
      {.name = quant, .inputs = {node.name}, .op = quantizer_of(target), .output = q});
  reals_.erase(node.name);
  coded_[node.name] = {quant, q, target.codes, target.tokens};
  result_.float_names[quant] = node.name;
}

}  // namespace systole
