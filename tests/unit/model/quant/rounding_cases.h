// rounding_cases.h: random layers and their outputs for the tests of AdaRound and SmoothQuant.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "model/network/execute.h"
#include "model/quant/adaround.h"

namespace systole {

inline FloatTensor normal_tensor(const Shape& shape, std::mt19937& generator, float deviation = 1) {
  FloatTensor tensor(shape);
  std::normal_distribution<float> normal(0, deviation);
  for (float& value : tensor.data) value = normal(generator);
  return tensor;
}

/// Channels that share half of their deviation and have a mean, as those behind a relu do.
inline FloatTensor correlated_input(const Shape& shape, std::mt19937& generator) {
  FloatTensor x = normal_tensor(shape, generator, 0.5F);
  std::normal_distribution<float> normal(0.3F, 0.5F);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const float shared = normal(generator);
    for (std::int64_t c = 0; c < x.channels(); ++c) x[row * x.channels() + c] += shared;
  }
  return x;
}

/// What `layer` makes of x, with `op` in its op's place.
inline FloatTensor layer_output(const LayerToRound& layer, const FloatOp& op,
                                const FloatTensor& x) {
  FloatTensor y = run_op(FloatNode{.name = layer.name, .inputs = {}, .op = op}, {&x});
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const auto c = static_cast<std::size_t>(i % y.channels());
    const double gain = layer.gain.empty() ? 1 : layer.gain[c];
    const double offset = layer.offset.empty() ? 0 : layer.offset[c];
    y[i] = static_cast<float>(
        std::clamp(gain * static_cast<double>(y[i]) + offset, layer.range.lo, layer.range.hi));
  }
  return y;
}

}  // namespace systole
