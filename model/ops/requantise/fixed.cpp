// fixed.cpp: scale, bias, rounding shift, zero point and clamp.
#include "model/ops/requantise/fixed.h"

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

}  // namespace systole
