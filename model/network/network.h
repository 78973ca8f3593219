// network.h: a network as an ordered list of named ops, in floats or in integers.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "model/ops/int_conv2d.h"
#include "model/ops/mul_quant.h"
#include "model/ops/quantize.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// What the integers of a tensor stand for: real = (code - zero_point) * scale.
using Quantization = Quantizer;

/// A network input; `shape` is without the batch axis.
struct NetworkInput {
  std::string name;
  Shape shape;
  Quantization quantization;
  bool operator==(const NetworkInput&) const = default;
};

/// An op with its one output, which carries the op's name. `inputs` name earlier ops or inputs.
template <class Op>
struct Node {
  std::string name;
  std::vector<std::string> inputs;
  Op op;
  Quantization output;  ///< Integer networks only.
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
struct Relu {
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

using FloatOp = std::variant<Conv2d, Linear, BatchNorm, Relu, Add, MaxPool, AvgPool, GlobalAvgPool,
                             Concat, Flatten>;
using FloatNetwork = Graph<FloatOp>;
using FloatNode = Node<FloatOp>;

// Integer ops (model/README.md). Accumulators are 32 bits signed.
struct IntConv2d {
  Conv2dParams params;
  IntTensor weight;
  bool operator==(const IntConv2d&) const = default;
};
struct IntMatmul {
  IntTensor weight;  ///< [k, n].
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

/// `MulQuant` with two inputs takes the second as the residual operand.
using IntOp = std::variant<IntConv2d, IntMatmul, MulShift, MulQuant, IntAdd, IntRelu, IntMaxPool,
                           IntSumPool, IntAvgPool, IntConcat, IntFlatten>;
using IntNetwork = Graph<IntOp>;
using IntNode = Node<IntOp>;

}  // namespace systole
