// peaks.cpp: runs the faithful network and looks at its reals.
#include "model/lower/peaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/execute.h"

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

}  // namespace

Peaks measure_peaks(const IntNetwork& network, const AnyTensors& inputs) {
  const std::int64_t count = check_inputs(inputs, network.inputs);
  Peaks peaks;
  for (std::int64_t first = 0; first < count; first += kChunk) {
    const AnyTensors chunk = slice_batch(inputs, first, std::min(kChunk, count - first));
    for (const auto& [name, tensor] : chunk) widen(peaks, name, tensor);
    run_integer(network, chunk, [&](const IntNode& node, const AnyTensor& output) {
      widen(peaks, node.name, output);
    });
  }
  return peaks;
}

bool has_reals(const IntNetwork& network) {
  return std::any_of(network.nodes.begin(), network.nodes.end(),
                     [](const IntNode& node) { return node.is_float; });
}

}  // namespace systole
