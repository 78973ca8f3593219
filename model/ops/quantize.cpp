// quantize.cpp: reals to codes and back.
#include "model/ops/quantize.h"

#include <cmath>

namespace systole {
namespace {

const Quantizer& of_channel(std::span<const Quantizer> quantizers, std::int64_t channel) {
  return quantizers[quantizers.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
}

}  // namespace

std::int32_t quantize(double x, const Quantizer& quantizer) {
  const IntRange range = quantizer.type.range();
  // nearbyint rounds ties to even in the default floating-point environment.
  const double code = std::nearbyint(x / quantizer.scale) + quantizer.zero_point;
  if (!(code > static_cast<double>(range.lo))) return static_cast<std::int32_t>(range.lo);
  if (code > static_cast<double>(range.hi)) return static_cast<std::int32_t>(range.hi);
  return static_cast<std::int32_t>(code);
}

double dequantize(std::int32_t code, const Quantizer& quantizer) {
  return static_cast<double>(std::int64_t{code} - quantizer.zero_point) * quantizer.scale;
}

IntTensor quantize(const FloatTensor& x, std::span<const Quantizer> quantizers) {
  const std::int64_t channels = x.channels();
  assert(quantizers.size() == 1 || static_cast<std::int64_t>(quantizers.size()) == channels);
  IntTensor codes(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    codes[i] = quantize(double{x[i]}, of_channel(quantizers, i % channels));
  }
  return codes;
}

FloatTensor dequantize(const IntTensor& codes, std::span<const Quantizer> quantizers) {
  const std::int64_t channels = codes.channels();
  assert(quantizers.size() == 1 || static_cast<std::int64_t>(quantizers.size()) == channels);
  FloatTensor x(codes.shape);
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    x[i] = static_cast<float>(dequantize(codes[i], of_channel(quantizers, i % channels)));
  }
  return x;
}

IntTensor quantize(const FloatTensor& x, const Quantizer& quantizer) {
  return quantize(x, std::span(&quantizer, 1));
}

FloatTensor dequantize(const IntTensor& codes, const Quantizer& quantizer) {
  return dequantize(codes, std::span(&quantizer, 1));
}

}  // namespace systole
