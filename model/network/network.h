// network.h: a network as an ordered list of named ops, in floats or in integers.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "model/ops/gelu.h"
#include "model/ops/int_conv2d.h"
#include "model/ops/integer_onnx/i_gelu.h"
#include "model/ops/integer_onnx/i_layer_norm.h"
#include "model/ops/integer_onnx/integer_mean.h"
#include "model/ops/integer_onnx/ita_max.h"
#include "model/ops/mul_quant.h"
#include "model/ops/quantize.h"
#include "model/ops/requantise/gemmlowp_softmax.h"
#include "model/ops/requantise/real_softmax.h"
#include "model/ops/requantise/requantise.h"
#include "model/ops/requantise/requantise_add.h"
#include "model/ops/requantise/requantise_blocks.h"
#include "model/ops/requantise/score_softmax.h"
#include "model/ops/requantise/torch2chip.h"
#include "model/ops/slice.h"
#include "model/ops/split.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What the integers of a tensor stand for: real = (code - zero_point) * scale.
using Quantization = Quantizer;

/// A network input; `shape` is without the batch axis.
struct NetworkInput {
  std::string name;
  Shape shape;
  Quantization quantization = {};  ///< Not of a float input.
  bool is_float = false;           ///< Reals (float32) instead of codes.
  bool operator==(const NetworkInput&) const = default;
};

/// An op with its one output, which carries the op's name. `inputs` name earlier ops or inputs.
template <class Op>
struct Node {
  std::string name;
  std::vector<std::string> inputs;
  Op op;
  Quantization output = {};  ///< Integer networks only, and there not of a float output.
  bool is_float = false;     ///< Integer networks only: the output holds reals (float32).
  bool operator==(const Node&) const = default;
};

/// Ops in execution order.
template <class Op>
struct Graph {
  std::string name;
  std::vector<NetworkInput> inputs;
  std::vector<std::string> outputs;
  std::vector<Node<Op>> nodes;
  bool operator==(const Graph&) const = default;
};

// Float ops. Weights as in the integer ops; an absent bias is an empty tensor.
struct Conv2d {
  Conv2dParams params;
  FloatTensor weight;
  FloatTensor bias;
  bool operator==(const Conv2d&) const = default;
};
struct Linear {
  FloatTensor weight;  ///< [in, out].
  FloatTensor bias;
  bool operator==(const Linear&) const = default;
};
struct BatchNorm {
  FloatTensor gamma, beta, mean, variance;  ///< [channels].
  float epsilon = 1e-5F;
  bool operator==(const BatchNorm&) const = default;
};
/// min(max(0, x), max); ReLU6 has max 6.
struct Relu {
  float max = std::numeric_limits<float>::infinity();  ///< Above 0.
  bool operator==(const Relu&) const = default;
};
struct Add {
  bool operator==(const Add&) const = default;
};
struct MaxPool {
  Window window;
  bool operator==(const MaxPool&) const = default;
};
struct AvgPool {
  Window window;
  bool count_include_pad = true;
  bool operator==(const AvgPool&) const = default;
};
struct GlobalAvgPool {
  bool operator==(const GlobalAvgPool&) const = default;
};
/// Along channels.
struct Concat {
  bool operator==(const Concat&) const = default;
};
struct Flatten {
  bool operator==(const Flatten&) const = default;
};
/// Also an integer op. `amounts[axis]` = elements before and after, axes without the batch.
struct Pad {
  std::vector<std::array<std::int64_t, 2>> amounts;
  std::int32_t value = 0;  ///< Of a float op 0.
  bool operator==(const Pad&) const = default;
};
/// y = x.
struct Identity {
  bool operator==(const Identity&) const = default;
};
/// y = x: only training drops elements.
struct Dropout {
  float rate = 0;  ///< Share that training drops, in [0, 1).
  bool operator==(const Dropout&) const = default;
};
/// Over the channels: gamma * (x - mean) / sqrt(variance + epsilon) + beta.
struct LayerNorm {
  FloatTensor gamma, beta;  ///< [channels].
  float epsilon = 1e-5F;
  bool operator==(const LayerNorm&) const = default;
};

// Movements of elements; of float networks, and of integers or reals in integer networks.
/// `shape` without the batch.
struct Reshape {
  Shape shape;
  bool operator==(const Reshape&) const = default;
};
/// Axis i of the output is axis order[i] of the operand, the batch not counted.
struct Transpose {
  std::vector<std::int64_t> order;
  bool operator==(const Transpose&) const = default;
};
struct Slice {
  std::vector<AxisSlice> axes;  ///< Without the batch.
  bool operator==(const Slice&) const = default;
};
/// Element i of an axis goes to (i + shift) mod extent; axes without the batch.
struct Roll {
  std::vector<std::int64_t> shift;
  bool operator==(const Roll&) const = default;
};

// Float ops of transformers.
/// [.., m, k] times [.., k, n], matrix by matrix; an operand may be stored with its last two axes
/// swapped.
struct BatchMatmul {
  bool transpose_a = false;
  bool transpose_b = false;
  bool operator==(const BatchMatmul&) const = default;
};
/// x * factor.
struct Scale {
  float factor = 1;
  bool operator==(const Scale&) const = default;
};
/// Over the channels.
struct Softmax {
  bool operator==(const Softmax&) const = default;
};
struct Gelu {
  GeluForm form = GeluForm::kErf;
  bool operator==(const Gelu&) const = default;
};
struct Tanh {
  bool operator==(const Tanh&) const = default;
};
/// x + value, which broadcasts against one item of the batch: a position embedding, a relative
/// position bias, a window mask.
struct AddConstant {
  FloatTensor value;
  bool operator==(const AddConstant&) const = default;
};
/// Puts the rows of `value` in front of each item's tokens.
struct ClassToken {
  FloatTensor value;  ///< [rows, channels].
  bool operator==(const ClassToken&) const = default;
};
/// The row of the table for every id.
struct Embedding {
  FloatTensor table;  ///< [rows, channels].
  bool operator==(const Embedding&) const = default;
};
/// Scores [.., q, k] and a mask [k] of 0 or 1: s + (1 - mask) * value.
struct MaskScores {
  float value = std::numeric_limits<float>::lowest();
  bool operator==(const MaskScores&) const = default;
};

using FloatOp = std::variant<Conv2d, Linear, BatchNorm, Relu, Add, MaxPool, AvgPool, GlobalAvgPool,
                             Concat, Flatten, Pad, Identity, Dropout, LayerNorm, Reshape, Transpose,
                             Slice, Roll, BatchMatmul, Scale, Softmax, Gelu, Tanh, AddConstant,
                             ClassToken, Embedding, MaskScores>;
using FloatNetwork = Graph<FloatOp>;
using FloatNode = Node<FloatOp>;

// Integer ops (model/README.md). Accumulators are 32 bits signed.
/// acc = sum (x - input_zero_point) * w; a padded pixel is the code `params.pad_value`.
struct IntConv2d {
  Conv2dParams params;
  IntTensor weight;
  std::int32_t input_zero_point = 0;
  bool operator==(const IntConv2d&) const = default;
};
/// acc = sum (x - input_zero_point) * w.
struct IntMatmul {
  IntTensor weight;  ///< [k, n].
  std::int32_t input_zero_point = 0;
  bool operator==(const IntMatmul&) const = default;
};
/// y = x * scale + bias, a fixed-point number with `shift` fractional bits per channel.
struct MulShift {
  std::vector<MulQuantChannel> channels;
  bool operator==(const MulShift&) const = default;
};
/// Two quantised operands: `quant.channels[].scale` for the first, `residual_scale` for the second.
struct IntAdd {
  MulQuant quant;
  bool operator==(const IntAdd&) const = default;
};
struct IntRelu {
  std::int32_t zero_point = 0;
  bool operator==(const IntRelu&) const = default;
};
struct IntMaxPool {
  Window window;
  bool operator==(const IntMaxPool&) const = default;
};
/// sum over the window of (x - zero_point): the first half of an average pool whose pixel count is
/// the same everywhere; a mul_quant with s_real = scale_x / (n * scale_y) follows.
struct IntSumPool {
  Window window;
  std::int32_t zero_point = 0;
  bool operator==(const IntSumPool&) const = default;
};
/// An average pool whose count of pixels inside the image varies: one mul_quant per count.
struct IntAvgPool {
  Window window;
  std::int32_t zero_point = 0;
  std::map<int, MulQuant> quant_by_count;
  bool operator==(const IntAvgPool&) const = default;
};
struct IntConcat {
  bool operator==(const IntConcat&) const = default;
};
struct IntFlatten {
  bool operator==(const IntFlatten&) const = default;
};

// Ops of networks that other tools made. The RTL has no unit for them: they run on the host, or
// `lower` turns them into the ops above.

/// acc = sum (a - zero_point_a) * (b - zero_point_b), a [..., m, k], b [..., k, n]; an operand may
/// be stored with its last two axes swapped.
struct IntBatchMatmul {
  bool transpose_a = false;
  bool transpose_b = false;
  std::int32_t zero_point_a = 0;
  std::int32_t zero_point_b = 0;
  bool operator==(const IntBatchMatmul&) const = default;
};
/// (a - zero_point_a) * (b - zero_point_b), element by element, 32 bits signed.
struct IntMul {
  std::int32_t zero_point_a = 0;
  std::int32_t zero_point_b = 0;
  bool operator==(const IntMul&) const = default;
};
/// Codes pinned to [lo, hi].
struct IntClamp {
  IntRange range;
  bool operator==(const IntClamp&) const = default;
};
/// A code for every code: table[x - lowest].
struct Lookup {
  IntTensor table;
  std::int32_t lowest = 0;
  bool operator==(const Lookup&) const = default;
};
/// The pool's mean with the zero point included, over the pixels inside the image, rounded half
/// away from zero (TFLite).
struct RoundedAvgPool {
  Window window;
  IntRange clamp;
  bool operator==(const RoundedAvgPool&) const = default;
};
// `Requantise`, `RequantiseAdd`, `RequantiseBlocks`, `GemmlowpSoftmax`, `RealSoftmax`,
// `ScoreSoftmax`, `QuantizeReal` and `FloatMulShift` are in model/ops/requantise/, `SplitCodes` in
// model/ops/; `ILayerNorm`, `ItaMax`, `IGelu` and `IntegerMean` are in model/ops/integer_onnx/.

/// 256 * high + low: the sums of two parts of `SplitCodes`.
struct JoinSums {
  bool operator==(const JoinSums&) const = default;
};

/// The same integers for every item of the batch, whose size is the operand's.
struct IntConstant {
  IntTensor value;  ///< Without the batch.
  bool operator==(const IntConstant&) const = default;
};

/// Integers to reals: (code - zero_point) * scale, rounded once to float32.
struct Dequantize {
  Quantization operand;
  bool operator==(const Dequantize&) const = default;
};
/// A float op inside an integer network; its output is float.
struct FloatIsland {
  FloatOp op;
  bool operator==(const FloatIsland&) const = default;
};

/// `MulQuant` with two inputs takes the second as the residual operand.
using IntOp =
    std::variant<IntConv2d, IntMatmul, MulShift, MulQuant, IntAdd, IntRelu, IntMaxPool, IntSumPool,
                 IntAvgPool, IntConcat, IntFlatten, IntBatchMatmul, IntMul, IntClamp, Lookup,
                 RoundedAvgPool, Requantise, RequantiseAdd, GemmlowpSoftmax, QuantizeReal,
                 FloatMulShift, Pad, Reshape, Dequantize, FloatIsland, Transpose, Slice,
                 RequantiseBlocks, RealSoftmax, SplitCodes, JoinSums, ILayerNorm, ItaMax, IGelu,
                 IntegerMean, ScoreSoftmax, IntConstant, Roll>;
using IntNetwork = Graph<IntOp>;
using IntNode = Node<IntOp>;

}  // namespace systole
