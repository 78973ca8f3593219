// graph_view.cpp: a network as named boxes with one output each.
#include "flows/cli/graph_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/network/op_name.h"
#include "model/network/overloaded.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"

namespace systole {
namespace {

ComputeUnit product_unit(std::int32_t zero_point) {
  return zero_point == 0 ? ComputeUnit::kArray : ComputeUnit::kToLower;
}

ComputeUnit unit_of(const IntOp& op) {
  return std::visit(Overloaded{[](const IntConv2d& o) { return product_unit(o.input_zero_point); },
                               [](const IntMatmul& o) { return product_unit(o.input_zero_point); },
                               [](const IntBatchMatmul& o) {
                                 return product_unit(o.zero_point_a | o.zero_point_b);
                               },
                               [](const IntSumPool&) { return ComputeUnit::kArray; },
                               [](const MulQuant&) { return ComputeUnit::kLanes; },
                               [](const IntAdd&) { return ComputeUnit::kLanes; },
                               [](const QuantizeReal&) { return ComputeUnit::kFloats; },
                               [](const FloatMulShift&) { return ComputeUnit::kFloats; },
                               [](const Dequantize&) { return ComputeUnit::kFloats; },
                               [](const FloatIsland&) { return ComputeUnit::kFloats; },
                               [](const auto&) { return ComputeUnit::kHost; }},
                    op);
}
ComputeUnit unit_of(const FloatOp&) { return ComputeUnit::kFloats; }

std::string type_text(const Node<IntOp>& node) {
  return node.is_float ? "float32" : to_string(node.output.type);
}
std::string type_text(const Node<FloatOp>&) { return "float32"; }

template <class Op>
GraphView view(const Graph<Op>& network) {
  const Shapes shapes = infer_shapes(network, 1);
  const auto macs = count_macs(network, shapes);
  const auto without_batch = [&](const std::string& name) {
    const Shape& shape = shapes.at(name);
    return Shape(shape.begin() + 1, shape.end());
  };
  const auto is_output = [&](const std::string& name) {
    return std::find(network.outputs.begin(), network.outputs.end(), name) != network.outputs.end();
  };
  GraphView graph{.name = network.name, .nodes = {}};
  for (const NetworkInput& input : network.inputs)
    graph.nodes.push_back({.name = input.name,
                           .kind = "input",
                           .inputs = {},
                           .shape = input.shape,
                           .type = input.is_float ? "float32" : to_string(input.quantization.type),
                           .unit = ComputeUnit::kInput,
                           .is_output = is_output(input.name)});
  for (const Node<Op>& node : network.nodes)
    graph.nodes.push_back({.name = node.name,
                           .kind = std::string(op_name(node.op)),
                           .inputs = node.inputs,
                           .shape = without_batch(node.name),
                           .type = type_text(node),
                           .unit = unit_of(node.op),
                           .macs = macs.at(node.name),
                           .is_output = is_output(node.name)});
  return graph;
}

}  // namespace

GraphView view_graph(const IntNetwork& network) { return view(network); }
GraphView view_graph(const FloatNetwork& network) { return view(network); }

std::string extents_text(const Shape& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

std::string shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text;
  const std::size_t kept = std::max<std::size_t>(width, 3) - 1;
  const std::size_t tail = kept / 2;
  return text.substr(0, kept - tail) + "…" + text.substr(text.size() - tail);
}

std::size_t count_characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace systole
