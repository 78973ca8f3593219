// calibrate.cpp: the ranges that the tensors of a float network take over calibration samples.
#include "model/quant/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/execute.h"

namespace systole {
namespace {

constexpr std::int64_t kChunk = 16;  ///< Samples in memory at a time.

void widen(RealRanges& ranges, const std::string& name, const FloatTensor& tensor) {
  for (const float value : tensor.data) {
    if (!std::isfinite(value))
      throw InputError({.where = {},
                        .key = name,
                        .got = fmt::format("{} during calibration", value),
                        .expected = "finite activations"});
    const auto [place, is_new] = ranges.try_emplace(name, RealRange{value, value});
    place->second.lo = std::min(place->second.lo, static_cast<double>(value));
    place->second.hi = std::max(place->second.hi, static_cast<double>(value));
  }
}

}  // namespace

RealRanges calibrate(const FloatNetwork& network, const IntTensors& codes) {
  const std::int64_t count = check_inputs(AnyTensors(codes.begin(), codes.end()), network.inputs);
  RealRanges ranges;
  for (std::int64_t first = 0; first < count; first += kChunk) {
    const IntTensors chunk = slice_batch(codes, first, std::min(kChunk, count - first));
    const FloatTensors reals = dequantize_inputs(chunk, network.inputs);
    for (const auto& [name, tensor] : reals) widen(ranges, name, tensor);
    run_float(network, reals, [&](const FloatNode& node, const FloatTensor& output) {
      widen(ranges, node.name, output);
    });
  }
  return ranges;
}

}  // namespace systole
