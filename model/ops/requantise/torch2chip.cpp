// torch2chip.cpp: float32 steps, each rounded separately.
#include "model/ops/requantise/torch2chip.h"

#include <algorithm>
#include <cmath>

#include "model/ops/requantise/token_constants.h"

namespace systole {
namespace {

template <class T>
FloatTensor scaled(const Tensor<T>& x, const FloatMulShift& op) {
  const auto channels = static_cast<std::size_t>(x.channels());
  assert(fits_tokens(op.scale.size(), op.tokens, x.channels()));
  assert(fits_tokens(op.bias.size(), op.tokens, x.channels()));
  const float down = std::ldexp(1.0F, -op.shift);
  FloatTensor y(x.shape);
  std::int64_t i = 0;
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const TokenConstants scale = token_constants(op.scale.size(), op.tokens, row);
    const TokenConstants bias = token_constants(op.bias.size(), op.tokens, row);
    for (std::size_t c = 0; c < channels; ++c, ++i) {
      const float product = static_cast<float>(x[i]) * op.scale[scale(c)];
      const float sum = product + op.bias[bias(c)];
      y[i] = sum * down;
    }
  }
  return y;
}

/// The nearest integer in the rule's float32 arithmetic; a NaN or infinity stays.
double nearest(float x, QuantizeRule rule, float factor) {
  switch (rule) {
    case QuantizeRule::kMultiply:
      return std::nearbyint(x * factor);  // Ties to even.
    case QuantizeRule::kDivideHalfAway:
      return std::round(x / factor);
    case QuantizeRule::kDivideHalfEven:
      break;
  }
  return std::nearbyint(x / factor);
}

std::int32_t code_of(float x, const QuantizeReal& op, float factor, std::int32_t zero_point) {
  const auto [lo, hi] = op.range;
  const double wide = nearest(x, op.rule, factor) + zero_point;
  std::int64_t code = lo;  // Where `wide` is a NaN.
  if (wide >= static_cast<double>(hi)) {
    code = hi;
  } else if (wide > static_cast<double>(lo)) {
    code = static_cast<std::int64_t>(wide);
  }
  if (op.subtract) code -= zero_point;
  if (op.clamp_again) code = std::clamp(code, lo, hi);
  return static_cast<std::int32_t>(code);
}

}  // namespace

FloatTensor float_mul_shift(const FloatTensor& x, const FloatMulShift& op) { return scaled(x, op); }

FloatTensor float_mul_shift(const IntTensor& x, const FloatMulShift& op) { return scaled(x, op); }

std::int32_t quantize_real(float x, const QuantizeReal& op) {
  assert(op.token_factors.empty());
  return code_of(x, op, op.factor, op.zero_point);
}

IntTensor quantize_real(const FloatTensor& x, const QuantizeReal& op) {
  assert(op.token_factors.size() == op.token_zero_points.size());
  const std::size_t tokens = op.token_factors.size();
  const std::int64_t channels = x.channels();
  IntTensor codes(x.shape);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::size_t token = tokens == 0 ? 0 : static_cast<std::size_t>(row) % tokens;
    const float factor = tokens == 0 ? op.factor : op.token_factors[token];
    const std::int32_t zero_point = tokens == 0 ? op.zero_point : op.token_zero_points[token];
    for (std::int64_t i = row * channels; i < (row + 1) * channels; ++i)
      codes[i] = code_of(x[i], op, factor, zero_point);
  }
  return codes;
}

}  // namespace systole
