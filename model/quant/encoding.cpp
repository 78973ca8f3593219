// encoding.cpp: scales and zero points from ranges of reals.
#include "model/quant/encoding.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace systole {
namespace {

/// `extent / steps`, or 1 where that is no usable scale.
double scale_of(double extent, std::int64_t steps) {
  const double scale = extent / static_cast<double>(steps);
  return std::isnormal(scale) ? scale : 1.0;
}

}  // namespace

Quantizer symmetric_encoding(const RealRange& range, int bits) {
  const IntType type = {.bits = bits, .is_signed = true};
  const double extent = std::max(std::abs(range.lo), std::abs(range.hi));
  return {.scale = scale_of(extent, type.range().hi), .zero_point = 0, .type = type};
}

Quantizer unsigned_encoding(const RealRange& range, int bits) {
  assert(range.lo >= 0);
  const IntType type = {.bits = bits, .is_signed = false};
  return {.scale = scale_of(range.hi, type.range().hi), .zero_point = 0, .type = type};
}

Quantizer affine_encoding(const RealRange& range, int bits) {
  const IntType type = {.bits = bits, .is_signed = false};
  const double lo = std::min(range.lo, 0.0);
  const double hi = std::max(range.hi, 0.0);
  const double scale = scale_of(hi - lo, type.range().hi);
  const double zero_point =
      std::clamp(std::nearbyint(-lo / scale), 0.0, static_cast<double>(type.range().hi));
  return {.scale = scale, .zero_point = static_cast<std::int32_t>(zero_point), .type = type};
}

QuantizedWeight quantize_weight(const FloatTensor& weight, int bits) {
  const std::int64_t channels = weight.channels();
  std::vector<RealRange> ranges(static_cast<std::size_t>(channels));
  for (std::int64_t i = 0; i < weight.size(); ++i) {
    RealRange& range = ranges[static_cast<std::size_t>(i % channels)];
    range.hi = std::max(range.hi, std::abs(static_cast<double>(weight[i])));
  }
  std::vector<Quantizer> quantizers;
  QuantizedWeight result;
  for (const RealRange& range : ranges) {
    quantizers.push_back(symmetric_encoding(range, bits));
    result.scales.push_back(quantizers.back().scale);
  }
  result.codes = quantize(weight, quantizers);
  return result;
}

}  // namespace systole
