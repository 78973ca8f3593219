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
};

/// clamp(zero_point + rule(x)), over the channels.
struct RealSoftmax {
  SoftmaxRule rule = SoftmaxRule::kDouble;
  double operand_scale = 1;  ///< Above 0.
  double output_scale = 1;   ///< Above 0.
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const RealSoftmax&) const = default;
};

/// x [.., channels], codes that differ by less than 2^17 within a row.
IntTensor real_softmax(const IntTensor& x, const RealSoftmax& op);

}  // namespace systole
