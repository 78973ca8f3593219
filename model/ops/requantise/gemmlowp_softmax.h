// gemmlowp_softmax.h: softmax in gemmlowp's fixed point, as TFLite's reference kernel computes it.
#pragma once

#include <cstdint>

#include "model/ops/requantise/gemmlowp.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Softmax over the channels in gemmlowp's fixed point (Q5.26 differences, Q12.19 sum), codes with
/// scale 1/256 whose lowest is 0 + `zero_point`: TFLite's reference kernel for int8 and uint8.
struct GemmlowpSoftmax {
  QuantizedMultiplier beta;  ///< min(beta * s_in * 2^26, 2^31 - 1) as a factor; shift is positive.
  int diff_min = 0;          ///< At most 0; smaller differences from the largest count as 0.
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const GemmlowpSoftmax&) const = default;
};

/// x [rows x channels], codes of at most 16 bits. Where the exponentials sum to 512 or more, which
/// TFLite leaves undefined, the share is still rounded from the fixed-point quotient.
IntTensor gemmlowp_softmax(const IntTensor& x, const GemmlowpSoftmax& op);

/// exp(x / 2^26) for x <= 0, as a fraction with 31 bits; 1 is 2^31 - 1.
std::int32_t fixed_point_exp(std::int32_t x);

/// 1 / (1 + x / 2^31) for x in [0, 2^31), as a fraction with 31 bits.
std::int32_t fixed_point_reciprocal(std::int32_t x);

}  // namespace systole
