// peaks.cpp: runs the faithful network and looks at its reals.
#include "model/lower/peaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "model/ops/add_constant.h"

namespace systole {
namespace {

constexpr std::int64_t kChunk = 4;  ///< Samples in memory at a time.

void widen(Peaks& peaks, const std::string& name, const AnyTensor& tensor) {
  if (!is_real(tensor)) return;
  double& peak = peaks[name];
  for (const float value : reals(tensor).data) {
    if (!std::isfinite(value))
      throw InputError({.where = {},
                        .key = name,
                        .got = fmt::format("{} during calibration", value),
                        .expected = "finite reals"});
    peak = std::max(peak, std::abs(static_cast<double>(value)));
  }
}

/// The largest magnitude of scores before the softmax, without what a mask leaves out.
double score_peak(const IntTensor& sums, const ScoreSoftmax& op) {
  const Shape item = {sums.shape.begin() + 1, sums.shape.end()};
  const std::int64_t each = item[item.size() - 1] * item[item.size() - 2];
  const FloatTensor& bias = op.relative_bias;
  const std::vector<std::int64_t> from =
      bias.shape.empty() ? std::vector<std::int64_t>() : broadcast_indices(bias.shape, item);
  const auto of_score = [&](const std::vector<float>& values, std::int64_t i) {
    return static_cast<double>(values[values.size() == 1 ? 0 : static_cast<std::size_t>(i % each)]);
  };
  double peak = 0;
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    double score = std::ldexp(sums[i] * of_score(op.scale, i) + of_score(op.bias, i), -op.shift);
    if (!from.empty())
      score += static_cast<double>(bias[from[static_cast<std::size_t>(i) % from.size()]]);
    peak = std::max(peak, std::abs(score));
  }
  return peak;
}

}  // namespace

Peaks measure_peaks(const IntNetwork& network, const AnyTensors& inputs) {
  const std::int64_t count = check_inputs(inputs, network.inputs);
  Peaks peaks;
  std::map<std::string, std::vector<const IntNode*>> softmaxes;  // By their operand.
  for (const IntNode& node : network.nodes)
    if (std::holds_alternative<ScoreSoftmax>(node.op)) softmaxes[node.inputs[0]].push_back(&node);
  const auto look_at = [&](const std::string& name, const AnyTensor& tensor) {
    widen(peaks, name, tensor);
    const auto found = softmaxes.find(name);
    if (found == softmaxes.end()) return;
    for (const IntNode* softmax : found->second) {
      double& peak = peaks[softmax->name];
      peak = std::max(peak, score_peak(integers(tensor), std::get<ScoreSoftmax>(softmax->op)));
    }
  };
  for (std::int64_t first = 0; first < count; first += kChunk) {
    const AnyTensors chunk = slice_batch(inputs, first, std::min(kChunk, count - first));
    for (const auto& [name, tensor] : chunk) look_at(name, tensor);
    run_integer(network, chunk,
                [&](const IntNode& node, const AnyTensor& output) { look_at(node.name, output); });
  }
  return peaks;
}

bool has_reals(const IntNetwork& network) {
  return std::any_of(network.nodes.begin(), network.nodes.end(),
                     [](const IntNode& node) { return node.is_float; });
}

}  // namespace systole
