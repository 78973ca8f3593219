// fixed_point.h: real scales and biases to the integers of mul_quant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/ops/mul_quant.h"

namespace systole {

/// One output channel before conversion: y = acc * scale + bias + r * residual_scale, in units of
/// the output's step. Two zero points fold into the integer bias.
struct RealChannel {
  double scale = 0;
  double bias = 0;
  double residual_scale = 0;
  std::int64_t input_offset = 0;  ///< zp_x * sum_k w[k, n]: what acc holds too much.
  std::int64_t residual_zero_point = 0;
};

/// Largest magnitudes that the channel can meet.
struct OperandBounds {
  std::int64_t acc = 0;       ///< A: the static bound of |acc|.
  std::int64_t residual = 0;  ///< R: of |r|; 0 without a residual operand.
};

/// `normalized(bits)`: the finest binary point that fits.
///
///   s = rne(scale * 2^f)    s_r = rne(residual_scale * 2^(f - g))
///   b = rne(bias * 2^f) - input_offset * s - residual_zero_point * s_r * 2^g
///
/// with the smallest g in [0, f] that gives |s_r| < 2^(bits-1), and the largest f in [0, 62] with
/// |s| < 2^(bits-1), |b| < 2^61 and A |s| + |b| + R |s_r| 2^g < 2^62. All zero: f = 0. `bits` is in
/// [2, 32]. Nothing when no f fits or a number is not finite.
std::optional<MulQuantChannel> normalized(const RealChannel& real, int bits,
                                          const OperandBounds& bounds);

/// `fixed(word_bits, frac_bits)`: one binary point f = frac_bits for the whole network; s and s_r
/// are saturate(trunc(v_real * 2^f)) toward zero in `word_bits` signed bits, b is trunc(b_real *
/// 2^f) in 64 bits, g is 0, and the zero points fold into b as above. Nothing when A |s| + |b| + R
/// |s_r| reaches 2^62 or |b| reaches 2^61, or a number is not finite. `word_bits` in [2, 32],
/// `frac_bits` in [0, 62].
std::optional<MulQuantChannel> fixed(const RealChannel& real, int word_bits, int frac_bits,
                                     const OperandBounds& bounds);

/// `power_of_two(bits)`: `normalized(bits)` of scales that were first rounded to the nearest power
/// of two (of the exponent: 2^(k - 1/2) and what lies above become 2^k), so that a product is a
/// shift.
std::optional<MulQuantChannel> power_of_two(const RealChannel& real, int bits,
                                            const OperandBounds& bounds);

/// |s 2^-f / scale - 1|: what the conversion costs; 0 for a zero scale that stays zero.
double relative_scale_error(const RealChannel& real, const MulQuantChannel& channel);

/// The largest over an op's channels and both operands' scales.
double largest_scale_error(std::span<const RealChannel> reals,
                           std::span<const MulQuantChannel> channels);

/// All channels of an op; `bounds` has one entry for all channels or one each. Throws InputError
/// naming `op` and the channel when one cannot be converted.
std::vector<MulQuantChannel> normalized(std::span<const RealChannel> reals, int bits,
                                        std::span<const OperandBounds> bounds,
                                        const std::string& op);
std::vector<MulQuantChannel> power_of_two(std::span<const RealChannel> reals, int bits,
                                          std::span<const OperandBounds> bounds,
                                          const std::string& op);
std::vector<MulQuantChannel> fixed(std::span<const RealChannel> reals, int word_bits, int frac_bits,
                                   std::span<const OperandBounds> bounds, const std::string& op);

}  // namespace systole
