// i_layer_norm.h: layer normalisation in integers, PULP's iLayerNorm.
#pragma once

#include <cstdint>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Constants of iLayerNorm. One weight and bias per channel, or one for all.
struct ILayerNorm {
  IntTensor weight;  ///< [channels] or [1], at the output's step times 2^shift.
  IntTensor bias;    ///< [channels] or [1], the same.
  int shift = 0;     ///< log2 of the divisor D, in [0, 62].
  IntRange clamp;
  bool operator==(const ILayerNorm&) const = default;
};

/// Returns, for every row x of n channels,
///
///   m = tdiv(sum x, n)    d = x - m    s = isqrt(floor(sum d^2 / n) + 1)
///   y = clamp(floor((tdiv(d * weight, s) + bias) / 2^shift))
///
/// where tdiv drops the fraction (towards zero) and isqrt is the square root rounded down. The 1
/// keeps s above 0. Source: quantlib's PACTIntegerLayerNorm, Deeploy's Layernorm_s8_s8.
///
/// Exact in 64 bits for x of 17 bits signed and at most 2^20 channels: sum d^2 <= 2^54.
IntTensor i_layer_norm(const IntTensor& x, const ILayerNorm& op);

/// The largest r with r * r <= x, for x >= 0.
std::int64_t integer_sqrt(std::int64_t x);

}  // namespace systole
