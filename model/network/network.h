// network.h: a network as an ordered list of named ops, in floats or in integers.
#pragma once

#include <string>
#include <vector>

#include "model/network/float_ops.h"
#include "model/network/int_ops.h"
#include "model/tensor/tensor.h"

namespace systole {

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

using FloatNetwork = Graph<FloatOp>;
using FloatNode = Node<FloatOp>;
using IntNetwork = Graph<IntOp>;
using IntNode = Node<IntOp>;

}  // namespace systole
