// int_ops.h: the ops of integer networks.
#pragma once

#include <map>
#include <variant>
#include <vector>

#include "model/network/float_ops.h"
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
#include "model/ops/split.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What the integers of a tensor stand for: real = (code - zero_point) * scale.
using Quantization = Quantizer;

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

}  // namespace systole
