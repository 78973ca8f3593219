// smooth_quant.cpp: moves the width of a layer's input channels into its weights.
#include "model/quant/smooth_quant.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "model/network/float_params.h"
#include "model/ops/elementary.h"
#include "model/quant/smooth_check.h"
#include "model/quant/smooth_plan.h"

namespace systole {
namespace {

/// The factors of a group, from the largest maxima of its ops.
std::vector<double> factors_of(const SmoothGroup& group, const FloatNetwork& network,
                               const ChannelMaxima& maxima, double alpha) {
  const auto channels = static_cast<std::size_t>(group.channels);
  std::vector<double> inputs(channels, 0.0);
  std::vector<double> weights(channels, 0.0);
  const auto widen = [channels](std::vector<double>& widest, const std::vector<double>& values) {
    for (std::size_t j = 0; j < values.size(); ++j)
      widest[j % channels] = std::max(widest[j % channels], values[j]);
  };
  for (const std::size_t i : group.ops) {
    widen(inputs, maxima.at(network.nodes[i].name));
    widen(weights, weight_maxima(network.nodes[i].op));
  }
  return smoothing_factors(inputs, weights, alpha);
}

void divide_channels(FloatTensor& tensor, const std::vector<double>& factors) {
  for (std::int64_t i = 0; i < tensor.size(); ++i)
    tensor[i] = static_cast<float>(static_cast<double>(tensor[i]) /
                                   factors[static_cast<std::size_t>(i % std::ssize(factors))]);
}

void divide_output(FloatOp& op, const std::vector<double>& factors) {
  if (auto* norm = std::get_if<BatchNorm>(&op)) {
    divide_channels(norm->gamma, factors);
    divide_channels(norm->beta, factors);
  } else {
    divide_channels(weight_of(op), factors);
    divide_channels(bias_of(op), factors);
  }
}

void multiply_input(FloatOp& op, const std::vector<double>& factors) {
  FloatTensor& weight = weight_of(op);
  for_each_weight(op, [&](std::int64_t i, std::int64_t channel) {
    const double factor = factors[static_cast<std::size_t>(channel) % factors.size()];
    weight[i] = static_cast<float>(static_cast<double>(weight[i]) * factor);
  });
}

/// x (1 / s) as an op.
FloatNode division(const std::string& name, const std::string& tensor,
                   const std::vector<double>& factors) {
  const Shape channels = {std::ssize(factors)};
  FloatOp op = BatchNorm{.gamma = FloatTensor(channels, 1.0F),
                         .beta = FloatTensor(channels),
                         .mean = FloatTensor(channels),
                         .variance = FloatTensor(channels, 1.0F),
                         .epsilon = 0};
  divide_output(op, factors);
  return {.name = name, .inputs = {tensor}, .op = std::move(op)};
}

std::string free_name(const FloatNetwork& network, std::string name) {
  const auto is_taken = [&](const auto& each) { return each.name == name; };
  while (std::ranges::any_of(network.nodes, is_taken) ||
         std::ranges::any_of(network.inputs, is_taken))
    name += "_";
  return name;
}

}  // namespace

double SmoothedOp::least() const { return std::ranges::min(factors); }
double SmoothedOp::largest() const { return std::ranges::max(factors); }

std::vector<double> smoothing_factors(const std::vector<double>& inputs,
                                      const std::vector<double>& weights, double alpha) {
  assert(inputs.size() == weights.size());
  std::vector<double> factors(inputs.size(), 1.0);
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    if (!std::isnormal(inputs[j]) || !std::isnormal(weights[j])) continue;
    const double factor = portable_pow(inputs[j], alpha) / portable_pow(weights[j], 1 - alpha);
    if (std::isnormal(static_cast<float>(factor)) && std::isnormal(static_cast<float>(1 / factor)))
      factors[j] = factor;
  }
  return factors;
}

SmoothedNetwork smooth(const FloatNetwork& network, const ChannelMaxima& maxima,
                       const SmoothOptions& options) {
  check_smoothing(network, maxima, options.alpha);
  SmoothedNetwork smoothed = {.network = network, .ops = {}};
  std::map<std::size_t, SmoothedOp> reports;   // By the number of the node.
  std::map<std::size_t, FloatNode> divisions;  // By the number of the node that they precede.
  for (const SmoothGroup& group : plan_smoothing(network, maxima, options.is_explicit)) {
    const std::vector<double> factors = factors_of(group, network, maxima, options.alpha);
    const std::string divided_by =
        group.is_folded ? group.source : free_name(network, group.source + ".smooth");
    for (FloatNode& node : smoothed.network.nodes)
      if (group.is_folded && node.name == group.source) divide_output(node.op, factors);
    if (!group.is_folded)
      divisions.emplace(group.ops.front(), division(divided_by, group.source, factors));
    for (const std::size_t i : group.ops) {
      FloatNode& node = smoothed.network.nodes[i];
      multiply_input(node.op, factors);
      if (!group.is_folded) node.inputs[0] = divided_by;
      SmoothedOp& report = reports[i] = {node.name, {}, divided_by, group.is_folded};
      for (std::size_t j = 0; j < maxima.at(node.name).size(); ++j)
        report.factors.push_back(factors[j % factors.size()]);
    }
  }
  for (auto at = divisions.rbegin(); at != divisions.rend(); ++at)
    smoothed.network.nodes.insert(
        smoothed.network.nodes.begin() + static_cast<std::ptrdiff_t>(at->first), at->second);
  for (auto& [number, report] : reports) smoothed.ops.push_back(std::move(report));
  return smoothed;
}

}  // namespace systole
