// real_softmax.h: softmax of codes by way of reals, as ONNX networks have it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Over a row of `n` codes q, with the largest M and d_j = (q_j - M) * operand_scale <= 0:
enum class SoftmaxRule : std::uint8_t {
  /// p = exp(d_j) / sum exp(d) in double; rne(p / output_scale). Emulated QDQ.
  kDouble,
  /// ONNX Runtime's QLinearSoftmax: v_j = floor(exp(d_j + ln((2^32 - 1) / n))), S = sum v,
  /// c = floor(1 / output_scale), floor((v_j * c + floor(S / 2)) / S).
  kQLinear,
  /// p as in kDouble; rne(p * factor). Ours: attention weights without an output scale.
  kTimes,
};

/// clamp(zero_point + rule(x)), over the channels.
struct RealSoftmax {
  SoftmaxRule rule = SoftmaxRule::kDouble;
  double operand_scale = 1;  ///< Above 0.
  double output_scale = 1;   ///< Above 0; not of kTimes.
  std::int32_t zero_point = 0;
  IntRange clamp;
  double factor = 255;  ///< Of kTimes: what the whole row is worth, above 0.
  bool operator==(const RealSoftmax&) const = default;
};

/// x [n, .., channels]. With kTimes `mask` [n, channels] may leave positions out: where it is 0 the
/// share is 0, unless it is 0 for a whole row, whose shares are then equal: so are those of scores
/// that all got the same large negative number.
IntTensor real_softmax(const IntTensor& x, const RealSoftmax& op, const IntTensor* mask = nullptr);

}  // namespace systole
