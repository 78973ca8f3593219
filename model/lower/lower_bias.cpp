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
  if (std::all_of(offsets.begin(), offsets.end(), [](std::int64_t o) { return o == 0; }))
    return keep(node);
  IntNode folded = node;
  std::vector<MulQuantChannel>& channels = std::get<MulQuant>(folded.op).channels;
  const bool is_per_channel = offsets.size() > 1 || std::ssize(channels) > op.tokens;
  const std::int64_t width = is_per_channel ? shapes_.at(node.name).back() : 1;
  channels.clear();
  for (std::int64_t token = 0; token < op.tokens; ++token)
    for (std::int64_t c = 0; c < width; ++c) {
      channels.push_back(op.channel(token, c));
      const std::int64_t offset = of_channel(offsets, static_cast<std::size_t>(c));
      channels.back().bias -= offset * channels.back().scale;
    }
  keep(folded);
}

}  // namespace systole
