// scale_cost.cpp: what integer scales cost, in the values that they scale.
#include "model/fuse/scale_cost.h"

#include <cmath>
#include <set>

#include "model/network/execute.h"

namespace systole {
namespace {

using Costs = std::map<std::string, Energy>;

/// The requantisation of a node, null where it has none or several.
const MulQuant* quant_of(const IntNode& node) {
  if (const auto* quant = std::get_if<MulQuant>(&node.op)) return quant;
  if (const auto* add = std::get_if<IntAdd>(&node.op)) return &add->quant;
  return nullptr;
}

Energy cost(const MulQuant& quant, const std::vector<RealChannel>& reals, const IntTensor& acc,
            const IntTensor* residual) {
  Energy energy;
  const std::int64_t channels = acc.channels();
  for (std::int64_t i = 0; i < acc.size(); ++i) {
    const std::int64_t row = i / channels, c = i % channels;
    const RealChannel& real =
        reals[token_constants(reals.size(), quant.tokens, row)(static_cast<std::size_t>(c))];
    const MulQuantChannel& held = quant.channel(row, c);
    double x = static_cast<double>(acc[i] - real.input_offset) * real.scale + real.bias;
    // Below 2^62, as `check_network` has proved.
    std::int64_t sum = std::int64_t{acc[i]} * held.scale + held.bias;
    if (residual != nullptr) {
      const std::int64_t r = (*residual)[i];
      x += static_cast<double>(r - real.residual_zero_point) * real.residual_scale;
      sum += (r * held.residual_scale) << held.residual_shift;
    }
    add_pair(energy, x, std::ldexp(static_cast<double>(sum), -held.shift));
  }
  return energy;
}

Costs run_batch(const FusedNetwork& fused, AnyTensors inputs,
                const std::map<std::string, const ScaleReport*>& reports) {
  std::set<std::string> operands;
  for (const IntNode& node : fused.network.nodes)
    if (reports.contains(node.name)) operands.insert(node.inputs.begin(), node.inputs.end());
  AnyTensors kept;
  for (const auto& [name, tensor] : inputs)
    if (operands.contains(name)) kept[name] = tensor;
  Costs costs;
  run_integer(fused.network, std::move(inputs), [&](const IntNode& node, const AnyTensor& output) {
    const auto report = reports.find(node.name);
    if (report != reports.end()) {
      const IntTensor* residual =
          node.inputs.size() > 1 ? &integers(kept.at(node.inputs[1])) : nullptr;
      costs[node.name] =
          cost(*quant_of(node), report->second->reals, integers(kept.at(node.inputs[0])), residual);
    }
    if (operands.contains(node.name)) kept[node.name] = output;
  });
  return costs;
}

}  // namespace

std::map<std::string, Energy> scale_costs(const FusedNetwork& fused, const EncodedNetwork& encoded,
                                          const SampleSource& samples,
                                          const BatchOptions& options) {
  std::map<std::string, const ScaleReport*> reports;
  for (const ScaleReport& report : fused.scales)
    for (const IntNode& node : fused.network.nodes)
      if (node.name == report.op && quant_of(node) != nullptr) reports[report.op] = &report;
  Costs all;
  for_each_wave<Costs>(
      samples, options,
      [&](const AnyTensors& batch) {
        return run_batch(fused, input_codes(encoded, fused.network, batch), reports);
      },
      [&](const std::vector<Costs>& results) {
        for (const Costs& costs : results)
          for (const auto& [op, energy] : costs) add_energy(all[op], energy);
      });
  return all;
}

}  // namespace systole
