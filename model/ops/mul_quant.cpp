// mul_quant.cpp: scale, bias, rounding shift, zero point and clamp.
#include "model/ops/mul_quant.h"

#include <algorithm>

namespace systole {

std::int32_t mul_quant(std::int32_t acc, std::int32_t residual, const MulQuantChannel& channel,
                       const MulQuant& op) {
  const std::int64_t shifted = (std::int64_t{residual} * channel.residual_scale)
                               << channel.residual_shift;
  const std::int64_t sum = std::int64_t{acc} * channel.scale + channel.bias + shifted;
  const std::int64_t value = round_shift(sum, channel.shift, op.rounding) + op.zero_point;

  std::int64_t code = std::clamp(value, op.clamp.lo, op.clamp.hi);
  if (op.zero_point_form == ZeroPointForm::kSubtract) {
    code = std::clamp(code - op.zero_point, op.clamp.lo, op.clamp.hi);
  }
  return static_cast<std::int32_t>(code);
}

IntTensor mul_quant(const IntTensor& acc, const IntTensor* residual, const MulQuant& op) {
  const std::int64_t channels = acc.channels();
  assert(op.channels.size() == 1 || static_cast<std::int64_t>(op.channels.size()) == channels);
  assert(residual == nullptr || residual->shape == acc.shape);

  IntTensor out(acc.shape);
  for (std::int64_t i = 0; i < acc.size(); ++i) {
    const std::int32_t r = residual == nullptr ? 0 : (*residual)[i];
    out[i] = mul_quant(acc[i], r, op.channel(i % channels), op);
  }
  return out;
}

}  // namespace systole
