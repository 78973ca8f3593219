// torch2chip.cpp: float32 steps, each rounded separately.
#include "model/ops/requantise/torch2chip.h"

#include <algorithm>
#include <cmath>

namespace systole {
namespace {

template <class T>
FloatTensor scaled(const Tensor<T>& x, const FloatMulShift& op) {
  const std::int64_t channels = x.channels();
  assert(op.scale.size() == 1 || static_cast<std::int64_t>(op.scale.size()) == channels);
  assert(op.bias.size() == 1 || static_cast<std::int64_t>(op.bias.size()) == channels);
  const float down = std::ldexp(1.0F, -op.shift);
  FloatTensor y(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const auto c = static_cast<std::size_t>(i % channels);
    const float scale = op.scale[op.scale.size() == 1 ? 0 : c];
    const float bias = op.bias[op.bias.size() == 1 ? 0 : c];
    const float product = static_cast<float>(x[i]) * scale;
    const float sum = product + bias;
    y[i] = sum * down;
  }
  return y;
}

/// The nearest integer in the rule's float32 arithmetic; a NaN or infinity stays.
double nearest(float x, const QuantizeReal& op) {
  switch (op.rule) {
    case QuantizeRule::kMultiply:
      return std::nearbyint(x * op.factor);  // Ties to even.
    case QuantizeRule::kDivideHalfAway:
      return std::round(x / op.factor);
    case QuantizeRule::kDivideHalfEven:
      break;
  }
  return std::nearbyint(x / op.factor);
}

}  // namespace

FloatTensor float_mul_shift(const FloatTensor& x, const FloatMulShift& op) { return scaled(x, op); }

FloatTensor float_mul_shift(const IntTensor& x, const FloatMulShift& op) { return scaled(x, op); }

std::int32_t quantize_real(float x, const QuantizeReal& op) {
  const auto [lo, hi] = op.range;
  const double wide = nearest(x, op) + op.zero_point;
  std::int64_t code = lo;  // Where `wide` is a NaN.
  if (wide >= static_cast<double>(hi)) {
    code = hi;
  } else if (wide > static_cast<double>(lo)) {
    code = static_cast<std::int64_t>(wide);
  }
  if (op.subtract) code -= op.zero_point;
  if (op.clamp_again) code = std::clamp(code, lo, hi);
  return static_cast<std::int32_t>(code);
}

IntTensor quantize_real(const FloatTensor& x, const QuantizeReal& op) {
  IntTensor codes(x.shape);
  std::transform(x.data.begin(), x.data.end(), codes.data.begin(),
                 [&](float value) { return quantize_real(value, op); });
  return codes;
}

}  // namespace systole
