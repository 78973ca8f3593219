// execute.cpp: runs a network in order and shows every tensor to an observer.
#include "model/network/execute.h"

#include <fmt/format.h>

#include <optional>

#include "model/config/error.h"
#include "model/network/overloaded.h"
#include "model/network/shapes.h"
#include "model/ops/add.h"
#include "model/ops/avg_pool.h"
#include "model/ops/batch_norm.h"
#include "model/ops/concat.h"
#include "model/ops/flatten.h"
#include "model/ops/float_conv2d.h"
#include "model/ops/float_linear.h"
#include "model/ops/float_pool.h"
#include "model/ops/int_matmul.h"
#include "model/ops/max_pool.h"
#include "model/ops/mul_shift.h"
#include "model/ops/relu.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

IntTensor shifted(const IntNode& node, const MulShift& op, const IntTensor& x) {
  std::optional<IntTensor> y = narrow_to_int32(mul_shift(x, op.channels));
  if (!y)
    throw InputError({.key = node.name,
                      .got = "a result beyond 32 bits",
                      .expected = "x * scale + bias in 32 bits signed",
                      .hint = "use a smaller shift"});
  return *std::move(y);
}

/// For every node, the names whose last consumer it is; outputs of the network stay.
template <class Op>
std::vector<std::vector<std::string>> last_uses(const Graph<Op>& network) {
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    last[network.nodes[i].name] = i;  // Nobody may use it.
    for (const std::string& name : network.nodes[i].inputs) last[name] = i;
  }
  for (const std::string& name : network.outputs) last.erase(name);
  std::vector<std::vector<std::string>> freed(network.nodes.size());
  for (const auto& [name, node] : last) freed[node].push_back(name);
  return freed;
}

template <class Op, class TensorType, class Observer>
std::map<std::string, TensorType> run(const Graph<Op>& network,
                                      std::map<std::string, TensorType> tensors,
                                      const Observer& observer) {
  infer_shapes(network, check_inputs(tensors, network.inputs));
  const auto freed = last_uses(network);
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const Node<Op>& node = network.nodes[i];
    std::vector<const TensorType*> operands;
    for (const std::string& name : node.inputs) operands.push_back(&tensors.at(name));
    const TensorType& output = tensors[node.name] = run_op(node, operands);
    if (observer) observer(node, output);
    for (const std::string& name : freed[i]) tensors.erase(name);
  }
  std::map<std::string, TensorType> outputs;
  for (const std::string& name : network.outputs) outputs[name] = tensors.at(name);
  return outputs;
}

}  // namespace

IntTensor run_op(const IntNode& node, const std::vector<const IntTensor*>& operands) {
  const IntTensor& x = *operands[0];
  return std::visit(
      Overloaded{[&](const IntConv2d& op) { return int_conv2d(x, op.weight, op.params); },
                 [&](const IntMatmul& op) { return int_matmul(x, op.weight); },
                 [&](const MulShift& op) { return shifted(node, op, x); },
                 [&](const MulQuant& op) {
                   return mul_quant(x, operands.size() > 1 ? operands[1] : nullptr, op);
                 },
                 [&](const IntAdd& op) { return add(x, *operands[1], op.quant); },
                 [&](const IntRelu& op) { return relu(x, op.zero_point); },
                 [&](const IntMaxPool& op) { return max_pool(x, op.window); },
                 [&](const IntSumPool& op) { return sum_pool(x, op.window, op.zero_point); },
                 [&](const IntAvgPool& op) {
                   return avg_pool(x, op.window, op.zero_point, false, op.quant_by_count);
                 },
                 [&](const IntConcat&) { return concat(operands); },
                 [&](const IntFlatten&) { return flatten(x); }},
      node.op);
}

FloatTensor run_op(const FloatNode& node, const std::vector<const FloatTensor*>& operands) {
  const FloatTensor& x = *operands[0];
  return std::visit(
      Overloaded{
          [&](const Conv2d& op) { return float_conv2d(x, op.weight, op.bias, op.params); },
          [&](const Linear& op) { return float_linear(x, op.weight, op.bias); },
          [&](const BatchNorm& op) {
            return batch_norm(x, op.gamma, op.beta, op.mean, op.variance, op.epsilon);
          },
          [&](const Relu&) { return relu(x); }, [&](const Add&) { return add(x, *operands[1]); },
          [&](const MaxPool& op) { return max_pool(x, op.window); },
          [&](const AvgPool& op) { return float_avg_pool(x, op.window, op.count_include_pad); },
          [&](const GlobalAvgPool&) { return float_global_avg_pool(x); },
          [&](const Concat&) { return concat(operands); },
          [&](const Flatten&) { return flatten(x); }},
      node.op);
}

IntTensors run_integer(const IntNetwork& network, IntTensors inputs, const IntObserver& observer) {
  return run(network, std::move(inputs), observer);
}

FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatObserver& observer) {
  return run(network, std::move(inputs), observer);
}

}  // namespace systole
