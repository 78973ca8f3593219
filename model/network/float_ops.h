// float_ops.h: the ops of float networks.
#pragma once

#include <array>
#include <limits>
#include <variant>
#include <vector>

#include "model/ops/gelu.h"
#include "model/ops/int_conv2d.h"
#include "model/ops/slice.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

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

}  // namespace systole
