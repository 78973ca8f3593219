// fixed.h: requantisation with integer scales and one rounding, the hardware's own dialect.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/ops/requantise/token_constants.h"
#include "model/ops/rounding.h"
#include "model/tensor/int_type.h"

namespace systole {

/// Fixed-point constants of one output channel.
struct MulQuantChannel {
  std::int32_t scale = 0;           ///< `shift` fractional bits.
  std::int64_t bias = 0;            ///< Same binary point as `acc * scale`.
  int shift = 0;                    ///< f, in [0, 62].
  std::int32_t residual_scale = 0;  ///< `shift - residual_shift` fractional bits.
  int residual_shift = 0;           ///< g, in [0, shift].

  bool operator==(const MulQuantChannel&) const = default;
};

/// `kKeep`: the output carries its zero point (affine form). `kSubtract`: it is taken off again
/// and the code clamped a second time.
enum class ZeroPointForm : std::uint8_t { kKeep, kSubtract };

struct MulQuant {
  /// One per output channel, or one for all; with `tokens` above 1 as many for every token.
  std::vector<MulQuantChannel> channels;
  Rounding rounding = Rounding::kHalfEven;
  std::int32_t zero_point = 0;
  ZeroPointForm zero_point_form = ZeroPointForm::kKeep;
  IntRange clamp;           ///< [lo, hi], within 17 bits signed.
  std::int64_t tokens = 1;  ///< Rows of `channels`: row r of a tensor takes row r mod tokens.

  /// Of channel c where all tokens have the same (tokens = 1).
  const MulQuantChannel& channel(std::int64_t c) const {
    return channels[channels.size() == 1 ? 0 : static_cast<std::size_t>(c)];
  }
  /// Of channel c in a row of any number of tokens.
  const MulQuantChannel& channel(std::int64_t row, std::int64_t c) const {
    return channels[token_constants(channels.size(), tokens, row)(static_cast<std::size_t>(c))];
  }
  bool operator==(const MulQuant&) const = default;
};

/// One element: v = round_shift(acc * s + b + (r * s_r) * 2^g, f) + zp; clamp(v, lo, hi), and in
/// the subtracting form clamp(clamp(v, lo, hi) - zp, lo, hi).
/// Exact while |acc * s| + |b| + |r * s_r * 2^g| < 2^62, which a network's check ensures.
inline std::int32_t mul_quant(std::int32_t acc, std::int32_t residual,
                              const MulQuantChannel& channel, const MulQuant& op) {
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
