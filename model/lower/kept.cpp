// kept.cpp: why an op is the host's.
#include "model/lower/kept.h"

#include "model/network/overloaded.h"

namespace systole {
namespace {

std::string moves() { return "moves data only"; }

std::string island_reason(const FloatOp& op) {
  if (std::holds_alternative<Conv2d>(op))
    return "a float convolution: its operand is not quantised";
  if (std::holds_alternative<Linear>(op))
    return "a float matrix product: its operand is not quantised";
  if (std::holds_alternative<BatchMatmul>(op))
    return "a float product of two activations: they are not quantised";
  if (std::holds_alternative<Embedding>(op)) return "looks up rows of reals";
  if (std::holds_alternative<Pad>(op) || std::holds_alternative<Identity>(op) ||
      std::holds_alternative<Dropout>(op))
    return moves();
  return "float arithmetic on reals that a host op computes";
}

}  // namespace

std::string kept_reason(const IntOp& op) {
  using Text = std::string;
  return std::visit(
      Overloaded{
          [](const IntConv2d& o) -> Text {
            return o.input_zero_point ? "its zero point is not folded" : "";
          },
          [](const IntMatmul& o) -> Text {
            return o.input_zero_point ? "its zero point is not folded" : "";
          },
          [](const MulQuant&) -> Text { return ""; }, [](const IntAdd&) -> Text { return ""; },
          [](const IntSumPool&) -> Text { return ""; },
          [](const MulShift&) -> Text { return "the lanes give codes, not wide fixed point"; },
          [](const IntRelu&) -> Text {
            return "no requantisation in front whose clamp it could be";
          },
          [](const IntMaxPool&) -> Text { return ""; },
          [](const IntAvgPool&) -> Text { return "its number of pixels varies over the map"; },
          [](const IntConcat&) { return moves(); }, [](const IntFlatten&) { return moves(); },
          [](const IntBatchMatmul&) -> Text { return ""; },
          [](const IntMul&) -> Text { return "the lanes do not multiply two tensors"; },
          [](const IntClamp&) -> Text { return "a clamp without a requantisation"; },
          [](const Lookup&) -> Text { return "the design has no tables"; },
          [](const RoundedAvgPool&) -> Text { return "TFLite's average"; },
          // Only gemmlowp's are left; lanes can be built for them.
          [](const Requantise&) -> Text { return ""; },
          [](const RequantiseAdd&) -> Text {
            return "gemmlowp's addition rescales both operands before it adds: no lane does";
          },
          [](const GemmlowpSoftmax&) -> Text { return "the design has no softmax"; },
          [](const QuantizeReal&) -> Text {
            return "its operand is reals: the input, or of a host op";
          },
          [](const FloatMulShift&) -> Text {
            return "float arithmetic on reals that a host op computes";
          },
          [](const Pad&) { return moves(); }, [](const Reshape&) { return moves(); },
          [](const Dequantize&) -> Text { return "gives reals to the host"; },
          [](const FloatIsland& o) -> Text { return island_reason(o.op); },
          [](const Transpose&) { return moves(); }, [](const Slice&) { return moves(); },
          [](const RequantiseBlocks&) -> Text {
            return "its blocks have scales of their own, and a lane has one accumulator";
          },
          [](const RealSoftmax&) -> Text { return "the design has no softmax"; },
          [](const SplitCodes&) { return moves(); },
          [](const JoinSums&) -> Text { return "adds the sums of two passes"; },
          [](const ILayerNorm&) -> Text { return "the design has no normalisation of rows"; },
          [](const ItaMax&) -> Text { return "the design has no softmax"; },
          [](const IGelu&) -> Text { return "the lanes do not multiply two tensors"; },
          [](const IntegerMean&) -> Text { return "the design has no means over axes"; },
          [](const ScoreSoftmax&) -> Text { return "the design has no softmax"; },
          [](const IntConstant&) -> Text { return "holds constants"; },
          [](const Roll&) { return moves(); }},
      op);
}

}  // namespace systole
