// ita_max.cpp: shares of a row in powers of two.
#include "model/ops/integer_onnx/ita_max.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace systole {

IntRange ita_max_range(const ItaMax& op) { return {0, (std::int64_t{1} << op.bits) - 1}; }

IntTensor ita_max(const IntTensor& x, const ItaMax& op) {
  const std::int64_t levels = std::int64_t{1} << op.bits;
  const std::int64_t channels = x.channels();
  IntTensor y(x.shape);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::int32_t* in = x.data.data() + row * channels;
    const std::int64_t largest = *std::max_element(in, in + channels);
    const auto shift = [&](std::int32_t code) {
      assert(largest - code < levels);
      return ((largest - code) * op.bits + levels / 2) >> op.bits;
    };
    std::int64_t sum = 0;
    for (std::int64_t c = 0; c < channels; ++c) sum += levels >> shift(in[c]);
    const std::int64_t inverse = levels * (levels - 1) / sum;
    std::transform(in, in + channels, y.data.begin() + row * channels, [&](std::int32_t code) {
      return static_cast<std::int32_t>(inverse >> shift(code));
    });
  }
  return y;
}

}  // namespace systole
