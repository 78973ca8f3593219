// smooth_plan.cpp: which ops are smoothed together, and what divides their input.
#include "model/quant/smooth_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "model/network/overloaded.h"

namespace systole {
namespace {

/// How x / s per channel gets past an op.
enum class Passage : std::uint8_t {
  kThrough,  ///< op(x / s) = op(x) / s, for s > 0.
  kInto,     ///< The op's own constants can divide its output.
  kNone
};

Passage passage(const FloatOp& op) {
  return std::visit(Overloaded{[](const Conv2d&) { return Passage::kInto; },
                               [](const Linear&) { return Passage::kInto; },
                               [](const BatchNorm&) { return Passage::kInto; },
                               [](const Relu& relu) {
                                 // Each channel would need a maximum of its own.
                                 return std::isinf(relu.max) ? Passage::kThrough : Passage::kNone;
                               },
                               [](const Add&) { return Passage::kNone; },
                               [](const MaxPool&) { return Passage::kThrough; },
                               [](const AvgPool&) { return Passage::kThrough; },
                               [](const GlobalAvgPool&) { return Passage::kThrough; },
                               [](const Concat&) { return Passage::kNone; },
                               [](const Flatten&) { return Passage::kThrough; },
                               [](const Pad& pad) {
                                 // With zeros; new channels would have no factor.
                                 const bool keeps_channels =
                                     pad.amounts.empty() ||
                                     pad.amounts.back()[0] + pad.amounts.back()[1] == 0;
                                 return keeps_channels ? Passage::kThrough : Passage::kNone;
                               },
                               [](const Identity&) { return Passage::kThrough; },
                               [](const Dropout&) { return Passage::kThrough; },
                               [](const Scale&) { return Passage::kThrough; },
                               // Channels move, mix with others, or pass what is not linear.
                               [](const auto&) { return Passage::kNone; }},
                    op);
}

std::int64_t output_channels(const FloatOp& op) {
  if (const auto* norm = std::get_if<BatchNorm>(&op)) return norm->gamma.size();
  if (const auto* conv = std::get_if<Conv2d>(&op)) return conv->weight.channels();
  return std::get<Linear>(op).weight.channels();
}

struct Planner {
  const FloatNetwork& network;
  const ChannelMaxima& maxima;
  std::map<std::string, std::size_t> number = {};  ///< Of the node of a name.

  const FloatNode* node_of(const std::string& name) const {
    const auto found = number.find(name);
    return found == number.end() ? nullptr : &network.nodes[found->second];
  }

  /// The affine op that `tensor` comes from, or null.
  const FloatNode* affine_before(const std::string& tensor) const {
    const FloatNode* node = node_of(tensor);
    while (node && passage(node->op) == Passage::kThrough) node = node_of(node->inputs[0]);
    return node && passage(node->op) == Passage::kInto ? node : nullptr;
  }

  bool is_output(const std::string& name) const {
    return std::ranges::find(network.outputs, name) != network.outputs.end();
  }

  /// All ops behind `affine`, where all are smoothed; nothing where something else is.
  std::optional<std::vector<std::size_t>> readers(const FloatNode& affine) const {
    std::set<std::string> divided = {affine.name};
    std::vector<std::size_t> ops;
    if (is_output(affine.name)) return std::nullopt;
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
      const FloatNode& node = network.nodes[i];
      if (std::ranges::none_of(node.inputs,
                               [&](const auto& name) { return divided.contains(name); }))
        continue;
      if (maxima.contains(node.name)) {
        ops.push_back(i);
      } else if (passage(node.op) == Passage::kThrough && !is_output(node.name)) {
        divided.insert(node.name);
      } else {
        return std::nullopt;
      }
    }
    return ops;
  }
};

}  // namespace

std::vector<SmoothGroup> plan_smoothing(const FloatNetwork& network, const ChannelMaxima& maxima,
                                        bool is_explicit) {
  Planner planner{network, maxima};
  for (std::size_t i = 0; i < network.nodes.size(); ++i) planner.number[network.nodes[i].name] = i;

  std::vector<SmoothGroup> groups;
  std::set<std::size_t> planned;
  std::map<std::string, std::size_t> group_of_tensor;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const FloatNode& node = network.nodes[i];
    const auto found = maxima.find(node.name);
    if (found == maxima.end() || planned.contains(i)) continue;
    const FloatNode* affine = is_explicit ? nullptr : planner.affine_before(node.inputs[0]);
    if (auto readers = affine ? planner.readers(*affine) : std::nullopt) {
      planned.insert(readers->begin(), readers->end());
      groups.push_back({.source = affine->name,
                        .is_folded = true,
                        .channels = output_channels(affine->op),
                        .ops = *std::move(readers)});
      continue;
    }
    const auto [place, is_new] = group_of_tensor.try_emplace(node.inputs[0], groups.size());
    if (is_new)
      groups.push_back({.source = node.inputs[0],
                        .is_folded = false,
                        .channels = std::ssize(found->second),
                        .ops = {}});
    groups[place->second].ops.push_back(i);
  }
  return groups;
}

}  // namespace systole
