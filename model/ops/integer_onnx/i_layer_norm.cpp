// i_layer_norm.cpp: rows less their mean, over an integer square root.
#include "model/ops/integer_onnx/i_layer_norm.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>

namespace systole {

std::int64_t integer_sqrt(std::int64_t x) {
  assert(x >= 0);
  std::int64_t root = 0;
  // Bit by bit from the highest that the root can have.
  for (int bit = (std::bit_width(static_cast<std::uint64_t>(x)) + 1) / 2; bit >= 0; --bit) {
    const std::int64_t next = root + (std::int64_t{1} << bit);
    if (next <= x / next) root = next;
  }
  return root;
}

IntTensor i_layer_norm(const IntTensor& x, const ILayerNorm& op) {
  const std::int64_t channels = x.channels();
  const std::int64_t weight_step = op.weight.size() > 1 ? 1 : 0;
  const std::int64_t bias_step = op.bias.size() > 1 ? 1 : 0;
  IntTensor y(x.shape);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::int32_t* in = x.data.data() + row * channels;
    const std::int64_t mean = std::accumulate(in, in + channels, std::int64_t{0}) / channels;
    const std::int64_t squares = std::accumulate(
        in, in + channels, std::int64_t{0},
        [&](std::int64_t sum, std::int64_t v) { return sum + (v - mean) * (v - mean); });
    const std::int64_t deviation = integer_sqrt(squares / channels + 1);
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t scaled = (in[c] - mean) * op.weight[c * weight_step] / deviation;
      const std::int64_t shifted = (scaled + op.bias[c * bias_step]) >> op.shift;
      y[row * channels + c] =
          static_cast<std::int32_t>(std::clamp(shifted, op.clamp.lo, op.clamp.hi));
    }
  }
  return y;
}

}  // namespace systole
