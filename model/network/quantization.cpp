// quantization.cpp: what the integers of an op's output stand for.
#include "model/network/quantization.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/network/overloaded.h"

namespace systole {

Quantization output_quantization(const IntOp& op, const std::vector<Quantization>& operands,
                                 const Quantization& declared) {
  assert(!operands.empty());
  const Quantization& first = operands[0];
  return std::visit(
      Overloaded{[](const IntConv2d&) { return kAccumulator; },
                 [](const IntMatmul&) { return kAccumulator; },
                 [](const MulShift&) { return kAccumulator; },
                 [&](const MulQuant&) { return declared; }, [&](const IntAdd&) { return declared; },
                 [&](const IntRelu&) { return first; }, [&](const IntMaxPool&) { return first; },
                 [&](const IntSumPool&) {
                   return Quantization{.type = kAccumulator.type, .scale = first.scale};
                 },
                 [&](const IntAvgPool&) { return declared; },
                 [&](const IntConcat&) { return first; }, [&](const IntFlatten&) { return first; }},
      op);
}

bool declares_output(const IntOp& op) {
  return std::holds_alternative<MulQuant>(op) || std::holds_alternative<IntAdd>(op) ||
         std::holds_alternative<IntAvgPool>(op);
}

FloatTensor dequantize(const IntTensor& codes, const Quantization& quantization) {
  FloatTensor reals(codes.shape);
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    const std::int64_t steps = std::int64_t{codes[i]} - quantization.zero_point;
    reals[i] = static_cast<float>(static_cast<double>(steps) * quantization.scale);
  }
  return reals;
}

IntTensor quantize(const FloatTensor& reals, const Quantization& quantization) {
  const IntRange range = quantization.type.range();
  IntTensor codes(reals.shape);
  for (std::int64_t i = 0; i < reals.size(); ++i) {
    const double steps = std::nearbyint(static_cast<double>(reals[i]) / quantization.scale);
    codes[i] = static_cast<std::int32_t>(std::clamp(steps + quantization.zero_point,
                                                    static_cast<double>(range.lo),
                                                    static_cast<double>(range.hi)));
  }
  return codes;
}

}  // namespace systole
