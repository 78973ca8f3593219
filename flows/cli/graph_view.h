// graph_view.h: a network as named boxes with one output each, for drawings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// What computes an op.
enum class ComputeUnit {
  kInput,    ///< Nothing: an input of the network.
  kArray,    ///< The array: int_conv2d, int_matmul, int_sum_pool.
  kToLower,  ///< The array, once an input zero point is folded into a bias (`lower`).
  kLanes,    ///< The MulQuant lanes: mul_quant, add.
  kHost,     ///< The host: movements and other tools' arithmetic.
  kFloats,   ///< The host, in floats.
};

/// A network input or an op with its output.
struct GraphNode {
  std::string name;
  std::string kind;  ///< "input", or the op's name.
  std::vector<std::string> inputs;
  Shape shape;       ///< Without the batch.
  std::string type;  ///< "int8", "float32", ...
  ComputeUnit unit = ComputeUnit::kHost;
  std::int64_t macs = 0;  ///< Per sample.
  bool is_output = false;
};

struct GraphView {
  std::string name;
  std::vector<GraphNode> nodes;  ///< Inputs, then ops in execution order.
};

GraphView view_graph(const IntNetwork& network);
GraphView view_graph(const FloatNetwork& network);

/// [32, 32, 16] -> "32x32x16".
std::string extents_text(const Shape& shape);

/// `text` in at most `width` characters (at least 3): its middle becomes one "…" when it is longer.
std::string shortened(const std::string& text, std::size_t width);

/// Characters of UTF-8 text.
std::size_t count_characters(const std::string& text);

}  // namespace systole
