// requantise_blocks.cpp: a sum in double per output, rounded once.
#include "model/ops/requantise/requantise_blocks.h"

#include <algorithm>

#include "model/ops/requantise/double.h"

namespace systole {

IntTensor requantise_blocks(const IntTensor& x, const RequantiseBlocks& op) {
  const std::int64_t channels = x.channels();
  assert(op.blocks > 0 && channels % op.blocks == 0);
  assert(static_cast<std::int64_t>(op.factors.size()) == channels);
  const std::int64_t outputs = channels / op.blocks;
  Shape shape = x.shape;
  shape.back() = outputs;

  IntTensor codes(shape);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    for (std::int64_t o = 0; o < outputs; ++o) {
      double sum = 0;
      for (std::int64_t c = o; c < channels; c += outputs)
        sum += x[row * channels + c] * op.factors[static_cast<std::size_t>(c)];
      const std::int64_t code = round_to_int32(
          sum + constant_of(op.offsets, static_cast<std::size_t>(o)), Rounding::kHalfEven);
      codes[row * outputs + o] =
          static_cast<std::int32_t>(std::clamp(code + op.zero_point, op.clamp.lo, op.clamp.hi));
    }
  }
  return codes;
}

}  // namespace systole
