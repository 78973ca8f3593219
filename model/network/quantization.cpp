// quantization.cpp: what the integers of an op's output stand for.
#include "model/network/quantization.h"

#include <cassert>

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
                   return Quantization{.scale = first.scale, .type = kAccumulator.type};
                 },
                 [&](const IntAvgPool&) { return declared; },
                 [&](const IntConcat&) { return first; }, [&](const IntFlatten&) { return first; }},
      op);
}

bool declares_output(const IntOp& op) {
  return std::holds_alternative<MulQuant>(op) || std::holds_alternative<IntAdd>(op) ||
         std::holds_alternative<IntAvgPool>(op);
}

}  // namespace systole
