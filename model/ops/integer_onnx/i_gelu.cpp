// i_gelu.cpp: x times a clipped parabola.
#include "model/ops/integer_onnx/i_gelu.h"

#include <algorithm>
#include <cstdlib>

namespace systole {
namespace {

std::int64_t gelu_of(std::int64_t x, const IGelu& op) {
  const std::int64_t one = op.one, b = op.b;
  const std::int64_t distance = std::min(std::abs(x), -b) + b;
  const std::int64_t magnitude = one - distance * distance;
  const std::int64_t erf = x > 0 ? magnitude : x < 0 ? -magnitude : 0;
  return x * ((one + erf) >> 1);
}

}  // namespace

IntTensor i_gelu(const IntTensor& x, const IGelu& op) {
  IntTensor y(x.shape);
  std::transform(x.data.begin(), x.data.end(), y.data.begin(),
                 [&](std::int32_t v) { return static_cast<std::int32_t>(gelu_of(v, op)); });
  return y;
}

std::int64_t i_gelu_bound(const IGelu& op, const IntRange& range) {
  const std::int64_t knee = -std::int64_t{op.b};  // y is x * one above it and 0 below -knee.
  const double linear = static_cast<double>(range.hi) * static_cast<double>(op.one);
  std::int64_t bound = range.hi > knee ? static_cast<std::int64_t>(std::min(linear, 0x1p62)) : 0;
  for (std::int64_t x = std::max(range.lo, -knee); x <= std::min(range.hi, knee); ++x)
    bound = std::max(bound, std::abs(gelu_of(x, op)));
  return bound;
}

}  // namespace systole
