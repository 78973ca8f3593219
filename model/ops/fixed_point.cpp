// fixed_point.cpp: real scales and biases to the integers of mul_quant.
#include "model/ops/fixed_point.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace systole {
namespace {

__extension__ using Wide = __int128;

constexpr Wide kOne = 1;
constexpr int kMaxShift = 62;

Wide magnitude(Wide value) { return value < 0 ? -value : value; }

/// The integer nearest to `value`, ties to even, if its magnitude is below 2^bits (bits <= 62).
std::optional<std::int64_t> nearest_below(double value, int bits) {
  const double rounded = std::nearbyint(value);
  if (!(std::abs(rounded) < std::ldexp(1.0, bits))) return std::nullopt;
  return static_cast<std::int64_t>(rounded);
}

/// trunc(value) in `bits` signed bits, saturated; a NaN must not come here.
std::int64_t saturate(double value, int bits) {
  const double limit = std::ldexp(1.0, bits - 1);
  return static_cast<std::int64_t>(std::clamp(std::trunc(value), -limit, limit - 1));
}

bool is_finite(const RealChannel& real) {
  return std::isfinite(real.scale) && std::isfinite(real.bias) &&
         std::isfinite(real.residual_scale);
}

/// Puts the parts together, folding the zero points; nothing when a bound is passed.
std::optional<MulQuantChannel> compose(const RealChannel& real, const OperandBounds& bounds,
                                       std::int64_t scale, std::int64_t bias,
                                       std::int64_t residual_scale, int shift, int residual_shift) {
  const Wide residual = Wide{residual_scale} << residual_shift;
  const Wide folded =
      bias - Wide{real.input_offset} * scale - Wide{real.residual_zero_point} * residual;
  if (magnitude(folded) >= kOne << 61) return std::nullopt;

  const Wide most =
      bounds.acc * magnitude(scale) + magnitude(folded) + bounds.residual * magnitude(residual);
  if (most >= kOne << 62) return std::nullopt;
  return MulQuantChannel{static_cast<std::int32_t>(scale), static_cast<std::int64_t>(folded), shift,
                         static_cast<std::int32_t>(residual_scale), residual_shift};
}

std::optional<MulQuantChannel> normalized_at(const RealChannel& real, int bits,
                                             const OperandBounds& bounds, int f) {
  const auto scale = nearest_below(std::ldexp(real.scale, f), bits - 1);
  const auto bias =
      nearest_below(std::ldexp(real.bias, f), 62);  // Exact bounds follow the folding.
  if (!scale || !bias) return std::nullopt;
  for (int g = 0; g <= f; ++g) {
    const auto residual = nearest_below(std::ldexp(real.residual_scale, f - g), bits - 1);
    if (residual) return compose(real, bounds, *scale, *bias, *residual, f, g);
  }
  return std::nullopt;
}

/// The power of two whose exponent is nearest to that of `value`, with its sign; 0 of 0.
double nearest_power(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  const double mantissa = std::frexp(std::abs(value), &exponent);  // In [1/2, 1).
  const bool is_upper = mantissa * mantissa >= 0.5;
  return std::copysign(std::ldexp(1.0, is_upper ? exponent : exponent - 1), value);
}

template <class Convert>
std::vector<MulQuantChannel> convert_all(std::span<const RealChannel> reals,
                                         std::span<const OperandBounds> bounds,
                                         const std::string& op, const std::string& format,
                                         Convert convert) {
  assert(bounds.size() == 1 || bounds.size() == reals.size());
  std::vector<MulQuantChannel> channels;
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const auto channel = convert(reals[c], bounds[bounds.size() == 1 ? 0 : c]);
    if (!channel) {
      throw InputError(
          {.where = {},
           .key = op,
           .got = fmt::format("scale {}, bias {}, residual scale {} in channel {}", reals[c].scale,
                              reals[c].bias, reals[c].residual_scale, c),
           .expected = "numbers that " + format + " holds without overflow"});
    }
    channels.push_back(*channel);
  }
  return channels;
}

}  // namespace

std::optional<MulQuantChannel> normalized(const RealChannel& real, int bits,
                                          const OperandBounds& bounds) {
  assert(2 <= bits && bits <= 32);
  if (!is_finite(real)) return std::nullopt;
  for (int f = kMaxShift; f >= 0; --f) {
    const auto channel = normalized_at(real, bits, bounds, f);
    if (!channel) continue;
    const bool is_zero = channel->scale == 0 && channel->bias == 0 && channel->residual_scale == 0;
    return is_zero ? MulQuantChannel{} : *channel;
  }
  return std::nullopt;
}

std::optional<MulQuantChannel> fixed(const RealChannel& real, int word_bits, int frac_bits,
                                     const OperandBounds& bounds) {
  assert(2 <= word_bits && word_bits <= 32 && 0 <= frac_bits && frac_bits <= kMaxShift);
  if (!is_finite(real)) return std::nullopt;
  const auto scale = [&](double value) {
    return saturate(std::ldexp(value, frac_bits), word_bits);
  };
  const auto bias = nearest_below(std::trunc(std::ldexp(real.bias, frac_bits)), 62);
  if (!bias) return std::nullopt;
  return compose(real, bounds, scale(real.scale), *bias, scale(real.residual_scale), frac_bits, 0);
}

std::optional<MulQuantChannel> power_of_two(const RealChannel& real, int bits,
                                            const OperandBounds& bounds) {
  RealChannel rounded = real;
  rounded.scale = nearest_power(real.scale);
  rounded.residual_scale = nearest_power(real.residual_scale);
  return normalized(rounded, bits, bounds);
}

double relative_scale_error(const RealChannel& real, const MulQuantChannel& channel) {
  const double held = std::ldexp(static_cast<double>(channel.scale), -channel.shift);
  if (real.scale == 0) return held == 0 ? 0 : std::abs(held);
  return std::abs(held / real.scale - 1);
}

double largest_scale_error(std::span<const RealChannel> reals,
                           std::span<const MulQuantChannel> channels) {
  double largest = 0;
  for (std::size_t c = 0; c < reals.size(); ++c) {
    const MulQuantChannel residual = {.scale = channels[c].residual_scale,
                                      .shift = channels[c].shift - channels[c].residual_shift};
    const double residual_error =
        relative_scale_error({.scale = reals[c].residual_scale}, residual);
    largest = std::max({largest, relative_scale_error(reals[c], channels[c]), residual_error});
  }
  return largest;
}

std::vector<MulQuantChannel> normalized(std::span<const RealChannel> reals, int bits,
                                        std::span<const OperandBounds> bounds,
                                        const std::string& op) {
  return convert_all(reals, bounds, op, fmt::format("normalized({})", bits),
                     [&](const RealChannel& real, const OperandBounds& bound) {
                       return normalized(real, bits, bound);
                     });
}

std::vector<MulQuantChannel> power_of_two(std::span<const RealChannel> reals, int bits,
                                          std::span<const OperandBounds> bounds,
                                          const std::string& op) {
  return convert_all(reals, bounds, op, fmt::format("power_of_two({})", bits),
                     [&](const RealChannel& real, const OperandBounds& bound) {
                       return power_of_two(real, bits, bound);
                     });
}

std::vector<MulQuantChannel> fixed(std::span<const RealChannel> reals, int word_bits, int frac_bits,
                                   std::span<const OperandBounds> bounds, const std::string& op) {
  return convert_all(reals, bounds, op, fmt::format("fixed({}, {})", word_bits, frac_bits),
                     [&](const RealChannel& real, const OperandBounds& bound) {
                       return fixed(real, word_bits, frac_bits, bound);
                     });
}

}  // namespace systole
