// lower_bias.cpp: biases of sums, where they are ops of their own, join the requantisation behind.
#include <algorithm>

#include "model/lower/lowering.h"

namespace systole {

bool is_bias(const MulShift& op) {
  return std::all_of(op.channels.begin(), op.channels.end(), [](const MulQuantChannel& channel) {
    return channel.scale == 1 && channel.shift == 0;
  });
}

bool Lowering::may_fold_bias(const IntNode& node) const {
  const auto product =
      std::find_if(faithful_.nodes.begin(), faithful_.nodes.end(),
                   [&](const IntNode& other) { return other.name == node.inputs[0]; });
  if (product == faithful_.nodes.end() || !(std::holds_alternative<IntConv2d>(product->op) ||
                                            std::holds_alternative<IntMatmul>(product->op)))
    return false;
  const auto& all = users(node.name);
  return std::all_of(all.begin(), all.end(), [&](const IntNode* user) {
    return user && std::holds_alternative<MulQuant>(user->op) &&
           std::count(user->inputs.begin(), user->inputs.end(), node.name) == 1 &&
           user->inputs[0] == node.name;
  });
}

void Lowering::visit_mul_shift(const IntNode& node, const MulShift& op) {
  if (!is_bias(op) || !may_fold_bias(node)) return keep(node);
  Codes sums = codes(node.inputs[0]);
  sums.offsets.clear();
  for (const MulQuantChannel& channel : op.channels) sums.offsets.push_back(-channel.bias);
  define(node.name, sums);
}

void Lowering::visit_mul_quant(const IntNode& node, const MulQuant& op) {
  const std::vector<std::int64_t> offsets = codes(node.inputs[0]).offsets;
  IntNode folded = node;
  std::vector<MulQuantChannel>& channels = std::get<MulQuant>(folded.op).channels;
  if (channels.size() == 1) channels.resize(offsets.size(), op.channels[0]);
  for (std::size_t c = 0; c < channels.size(); ++c)
    channels[c].bias -= offsets[offsets.size() == 1 ? 0 : c] * channels[c].scale;
  keep(folded);
}

}  // namespace systole
