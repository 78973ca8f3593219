// statistics.cpp: what a network costs and what its tensors hold.
#include "model/network/statistics.h"

#include <algorithm>

#include "model/network/overloaded.h"

namespace systole {
namespace {

/// Output elements times the products of each: a weight's elements per output channel.
std::int64_t macs_of(const Shape& output, const Shape& weight) {
  return element_count(output) * (element_count(weight) / weight.back());
}

/// Of [.., m, k] times [.., k, n], the first stored as [.., k, m] where `transpose_a`.
std::int64_t batch_macs(const Shape& output, const Shape& first_operand, bool transpose_a) {
  return element_count(output) * first_operand[first_operand.size() - (transpose_a ? 2 : 1)];
}

std::int64_t macs_of(const FloatOp& op, const Shape& output, const Shape& first_operand) {
  return std::visit(Overloaded{[&](const Conv2d& o) { return macs_of(output, o.weight.shape); },
                               [&](const Linear& o) { return macs_of(output, o.weight.shape); },
                               [&](const BatchMatmul& o) {
                                 return batch_macs(output, first_operand, o.transpose_a);
                               },
                               [](const auto&) { return std::int64_t{0}; }},
                    op);
}

std::int64_t macs_of(const IntOp& op, const Shape& output, const Shape& first_operand) {
  return std::visit(
      Overloaded{
          [&](const IntConv2d& o) { return macs_of(output, o.weight.shape); },
          [&](const IntMatmul& o) { return macs_of(output, o.weight.shape); },
          [&](const IntBatchMatmul& o) { return batch_macs(output, first_operand, o.transpose_a); },
          [&](const FloatIsland& island) { return macs_of(island.op, output, first_operand); },
          [](const auto&) { return std::int64_t{0}; }},
      op);
}

/// Scale, bias and shift of every channel.
std::int64_t constants_of(const MulQuant& quant) { return 3 * std::ssize(quant.channels); }

std::int64_t constants_of(const IntAvgPool& pool) {
  std::int64_t sum = 0;
  for (const auto& [count, quant] : pool.quant_by_count) sum += constants_of(quant);
  return sum;
}

std::int64_t constants_of(const Requantise& requantise) {
  const auto* scale = std::get_if<DoubleScale>(&requantise.dialect);
  return static_cast<std::int64_t>(factor_count(requantise.dialect) + requantise.bias.size() +
                                   (scale ? scale->offsets.size() : 0) +
                                   (requantise.residual ? requantise.residual->factors.size() : 0));
}

std::int64_t parameters_of(const FloatOp& op) {
  return std::visit(Overloaded{[](const Conv2d& o) { return o.weight.size() + o.bias.size(); },
                               [](const Linear& o) { return o.weight.size() + o.bias.size(); },
                               [](const BatchNorm& o) { return 4 * o.gamma.size(); },
                               [](const LayerNorm& o) { return 2 * o.gamma.size(); },
                               [](const AddConstant& o) { return o.value.size(); },
                               [](const ClassToken& o) { return o.value.size(); },
                               [](const Embedding& o) { return o.table.size(); },
                               [](const auto&) { return std::int64_t{0}; }},
                    op);
}

std::int64_t parameters_of(const IntOp& op) {
  return std::visit(
      Overloaded{
          [](const IntConv2d& o) { return o.weight.size(); },
          [](const IntMatmul& o) { return o.weight.size(); },
          [](const MulShift& o) { return 3 * std::ssize(o.channels); },
          [](const MulQuant& o) { return constants_of(o); },
          [](const IntAdd& o) { return constants_of(o.quant); },
          [](const IntAvgPool& o) { return constants_of(o); },
          [](const Lookup& o) { return o.table.size(); },
          [](const Requantise& o) { return constants_of(o); },
          [](const RequantiseBlocks& o) { return std::ssize(o.factors) + std::ssize(o.offsets); },
          [](const FloatMulShift& o) { return std::ssize(o.scale) + std::ssize(o.bias); },
          [](const FloatIsland& o) { return parameters_of(o.op); },
          [](const ILayerNorm& o) { return o.weight.size() + o.bias.size(); },
          [](const ScoreSoftmax& o) {
            return std::ssize(o.scale) + std::ssize(o.bias) + o.relative_bias.size() +
                   o.window_mask.size();
          },
          [](const IntConstant& o) { return o.value.size(); },
          [](const auto&) { return std::int64_t{0}; }},
      op);
}

template <class Op>
std::int64_t sum_parameters(const Graph<Op>& network) {
  std::int64_t sum = 0;
  for (const Node<Op>& node : network.nodes) sum += parameters_of(node.op);
  return sum;
}

}  // namespace

std::map<std::string, std::int64_t> count_macs(const IntNetwork& network, const Shapes& shapes) {
  std::map<std::string, std::int64_t> macs;
  for (const IntNode& node : network.nodes)
    macs[node.name] = macs_of(node.op, shapes.at(node.name), shapes.at(node.inputs[0]));
  return macs;
}
std::map<std::string, std::int64_t> count_macs(const FloatNetwork& network, const Shapes& shapes) {
  std::map<std::string, std::int64_t> macs;
  for (const FloatNode& node : network.nodes)
    macs[node.name] = macs_of(node.op, shapes.at(node.name), shapes.at(node.inputs[0]));
  return macs;
}

std::int64_t count_parameters(const IntNetwork& network) { return sum_parameters(network); }
std::int64_t count_parameters(const FloatNetwork& network) { return sum_parameters(network); }

IntRange value_range(const IntTensor& tensor) {
  if (tensor.data.empty()) return {};
  const auto [lowest, highest] = std::minmax_element(tensor.data.begin(), tensor.data.end());
  return {*lowest, *highest};
}

}  // namespace systole
