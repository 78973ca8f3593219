// op_name.cpp: the names of ops in bundles, traces and messages.
#include "model/network/op_name.h"

#include "model/network/overloaded.h"

namespace systole {
namespace {

constexpr std::string_view kIsland = "float_";

/// The name inside an integer network: `kIsland` and the op's own.
std::string_view island_name(const FloatOp& op) {
  using Name = std::string_view;
  return std::visit(Overloaded{[](const Conv2d&) -> Name { return "float_conv2d"; },
                               [](const Linear&) -> Name { return "float_linear"; },
                               [](const BatchNorm&) -> Name { return "float_batch_norm"; },
                               [](const Relu&) -> Name { return "float_relu"; },
                               [](const Add&) -> Name { return "float_add"; },
                               [](const MaxPool&) -> Name { return "float_max_pool"; },
                               [](const AvgPool&) -> Name { return "float_avg_pool"; },
                               [](const GlobalAvgPool&) -> Name { return "float_global_avg_pool"; },
                               [](const Concat&) -> Name { return "float_concat"; },
                               [](const Flatten&) -> Name { return "float_flatten"; },
                               [](const Pad&) -> Name { return "float_pad"; },
                               [](const Identity&) -> Name { return "float_identity"; },
                               [](const Dropout&) -> Name { return "float_dropout"; },
                               [](const LayerNorm&) -> Name { return "float_layer_norm"; },
                               [](const Reshape&) -> Name { return "float_reshape"; },
                               [](const Transpose&) -> Name { return "float_transpose"; },
                               [](const Slice&) -> Name { return "float_slice"; },
                               [](const Roll&) -> Name { return "float_roll"; },
                               [](const BatchMatmul&) -> Name { return "float_batch_matmul"; },
                               [](const Scale&) -> Name { return "float_scale"; },
                               [](const Softmax&) -> Name { return "float_softmax"; },
                               [](const Gelu&) -> Name { return "float_gelu"; },
                               [](const Tanh&) -> Name { return "float_tanh"; },
                               [](const AddConstant&) -> Name { return "float_add_constant"; },
                               [](const ClassToken&) -> Name { return "float_class_token"; },
                               [](const Embedding&) -> Name { return "float_embedding"; },
                               [](const MaskScores&) -> Name { return "float_mask_scores"; }},
                    op);
}

}  // namespace

std::string_view op_name(const FloatOp& op) { return island_name(op).substr(kIsland.size()); }

std::string_view op_name(const IntOp& op) {
  using Name = std::string_view;
  return std::visit(Overloaded{[](const IntConv2d&) -> Name { return "int_conv2d"; },
                               [](const IntMatmul&) -> Name { return "int_matmul"; },
                               [](const MulShift&) -> Name { return "mul_shift"; },
                               [](const MulQuant&) -> Name { return "mul_quant"; },
                               [](const IntAdd&) -> Name { return "add"; },
                               [](const IntRelu&) -> Name { return "relu"; },
                               [](const IntMaxPool&) -> Name { return "max_pool"; },
                               [](const IntSumPool&) -> Name { return "int_sum_pool"; },
                               [](const IntAvgPool&) -> Name { return "avg_pool"; },
                               [](const IntConcat&) -> Name { return "concat"; },
                               [](const IntFlatten&) -> Name { return "flatten"; },
                               [](const IntBatchMatmul&) -> Name { return "int_batch_matmul"; },
                               [](const IntMul&) -> Name { return "int_mul"; },
                               [](const IntClamp&) -> Name { return "clamp"; },
                               [](const Lookup&) -> Name { return "lookup"; },
                               [](const RoundedAvgPool&) -> Name { return "rounded_avg_pool"; },
                               [](const Requantise&) -> Name { return "requantise"; },
                               [](const RequantiseAdd&) -> Name { return "requantise_add"; },
                               [](const GemmlowpSoftmax&) -> Name { return "softmax"; },
                               [](const QuantizeReal&) -> Name { return "quantize"; },
                               [](const FloatMulShift&) -> Name { return "float_mul_shift"; },
                               [](const Pad&) -> Name { return "pad"; },
                               [](const Reshape&) -> Name { return "reshape"; },
                               [](const Dequantize&) -> Name { return "dequantize"; },
                               [](const FloatIsland& island) { return island_name(island.op); },
                               [](const Transpose&) -> Name { return "transpose"; },
                               [](const Slice&) -> Name { return "slice"; },
                               [](const RequantiseBlocks&) -> Name { return "requantise_blocks"; },
                               [](const RealSoftmax&) -> Name { return "softmax"; },
                               [](const SplitCodes&) -> Name { return "split"; },
                               [](const JoinSums&) -> Name { return "join_sums"; },
                               [](const ILayerNorm&) -> Name { return "i_layer_norm"; },
                               [](const ItaMax&) -> Name { return "ita_max"; },
                               [](const IGelu&) -> Name { return "i_gelu"; },
                               [](const IntegerMean&) -> Name { return "integer_mean"; },
                               [](const ScoreSoftmax&) -> Name { return "score_softmax"; },
                               [](const IntConstant&) -> Name { return "constant"; },
                               [](const Roll&) -> Name { return "roll"; }},
                    op);
}

}  // namespace systole
