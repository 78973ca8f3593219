// quantization.cpp: what the integers of an op's output stand for.
#include "model/network/quantization.h"

#include <cassert>

#include "model/network/overloaded.h"

namespace systole {

Quantization output_quantization(const IntOp& op, const std::vector<Quantization>& operands,
                                 const Quantization& declared) {
  assert(!operands.empty());
  const Quantization& first = operands[0];
  return std::visit(Overloaded{[](const IntConv2d&) { return kAccumulator; },
                               [](const IntMatmul&) { return kAccumulator; },
                               [](const MulShift&) { return kAccumulator; },
                               [&](const MulQuant&) { return declared; },
                               [&](const IntAdd&) { return declared; },
                               [&](const IntRelu&) { return first; },
                               [&](const IntMaxPool&) { return first; },
                               [&](const IntSumPool&) {
                                 return Quantization{.scale = first.scale,
                                                     .type = kAccumulator.type};
                               },
                               [&](const IntAvgPool&) { return declared; },
                               [&](const IntConcat&) { return first; },
                               [&](const IntFlatten&) { return first; },
                               [](const IntBatchMatmul&) { return kAccumulator; },
                               [&](const IntMul&) { return kAccumulator; },
                               [&](const IntClamp&) { return first; },
                               [&](const Lookup&) { return declared; },
                               [&](const RoundedAvgPool&) { return first; },
                               [&](const Requantise&) { return declared; },
                               [&](const RequantiseAdd&) { return declared; },
                               [&](const GemmlowpSoftmax&) { return declared; },
                               [&](const QuantizeReal&) { return declared; },
                               [](const FloatMulShift&) { return Quantization{}; },
                               [&](const Pad&) { return first; },
                               [&](const Reshape&) { return first; },
                               [](const Dequantize&) { return Quantization{}; },
                               [](const FloatIsland&) { return Quantization{}; },
                               [&](const Transpose&) { return first; },
                               [&](const Slice&) { return first; },
                               [&](const RequantiseBlocks&) { return declared; },
                               [&](const RealSoftmax&) { return declared; },
                               [&](const SplitCodes& split) {
                                 const bool is_high = split.part == CodePart::kHigh;
                                 return Quantization{.scale = first.scale * (is_high ? 256 : 1),
                                                     .type = {is_high ? 9 : 8, is_high}};
                               },
                               [](const JoinSums&) { return kAccumulator; },
                               [&](const ILayerNorm&) { return declared; },
                               [&](const ItaMax&) { return declared; },
                               [](const IGelu&) { return kAccumulator; },
                               [&](const IntegerMean&) { return first; },
                               [&](const ScoreSoftmax&) { return declared; },
                               [&](const IntConstant&) { return declared; },
                               [&](const Roll&) { return first; }},
                    op);
}

bool declares_output(const IntOp& op) {
  return std::visit(
      Overloaded{[](const MulQuant&) { return true; }, [](const IntAdd&) { return true; },
                 [](const IntAvgPool&) { return true; }, [](const Lookup&) { return true; },
                 [](const Requantise&) { return true; }, [](const RequantiseAdd&) { return true; },
                 [](const GemmlowpSoftmax&) { return true; },
                 [](const RequantiseBlocks&) { return true; },
                 [](const RealSoftmax&) { return true; }, [](const QuantizeReal&) { return true; },
                 [](const ILayerNorm&) { return true; }, [](const ItaMax&) { return true; },
                 [](const ScoreSoftmax&) { return true; }, [](const IntConstant&) { return true; },
                 [](const auto&) { return false; }},
      op);
}

}  // namespace systole
