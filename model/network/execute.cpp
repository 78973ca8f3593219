// execute.cpp: runs a network in order and shows every tensor to an observer.
#include "model/network/execute.h"

#include <fmt/format.h>

#include <optional>

#include "model/config/error.h"
#include "model/network/batch.h"
#include "model/network/overloaded.h"
#include "model/network/run_float_op.h"
#include "model/network/shapes.h"
#include "model/ops/add.h"
#include "model/ops/avg_pool.h"
#include "model/ops/clamp.h"
#include "model/ops/concat.h"
#include "model/ops/constant.h"
#include "model/ops/flatten.h"
#include "model/ops/int_batch_matmul.h"
#include "model/ops/int_matmul.h"
#include "model/ops/int_mul.h"
#include "model/ops/lookup.h"
#include "model/ops/max_pool.h"
#include "model/ops/mul_shift.h"
#include "model/ops/pad.h"
#include "model/ops/relu.h"
#include "model/ops/reshape.h"
#include "model/ops/roll.h"
#include "model/ops/rounded_avg_pool.h"
#include "model/ops/sum_pool.h"
#include "model/ops/transpose.h"
#include "model/ops/zero_point.h"

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

/// `take(node, index, tensors)` is the operand, `give(name, tensor)` sees every new tensor first.
template <class Op, class TensorType, class Observer, class Take, class Give>
std::map<std::string, TensorType> run(const Graph<Op>& network,
                                      std::map<std::string, TensorType> tensors,
                                      const Observer& observer, const Take& take,
                                      const Give& give) {
  infer_shapes(network, check_inputs(tensors, network.inputs));
  const auto freed = last_uses(network);
  for (auto& [name, tensor] : tensors) give(name, tensor);
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const Node<Op>& node = network.nodes[i];
    std::vector<const TensorType*> operands;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) operands.push_back(take(node, k, tensors));
    TensorType& output = tensors[node.name] = run_op(node, operands);
    give(node.name, output);
    if (observer) observer(node, output);
    for (const std::string& name : freed[i]) tensors.erase(name);
  }
  std::map<std::string, TensorType> outputs;
  for (const std::string& name : network.outputs) outputs[name] = tensors.at(name);
  return outputs;
}

/// product(x less its zero point, how it is split), of any operands of 17 bits.
template <class Product>
IntTensor of_differences(const IntTensor& x, std::int32_t zero_point, const Product& product) {
  if (zero_point == 0) return wide_product(x, product);
  return wide_product(subtract_zero_point(x, zero_point), product);
}

/// A convolution of codes less their zero point; a padded pixel is the code `pad_value`.
IntTensor convolve(const IntTensor& x, const IntConv2d& op) {
  return of_differences(x, op.input_zero_point, [&](const IntTensor& part, const SplitCodes* how) {
    Conv2dParams params = op.params;
    params.pad_value -= op.input_zero_point;
    if (how) params.pad_value = split(params.pad_value, *how);
    return int_conv2d(part, op.weight, params);
  });
}

IntTensor multiply(const IntTensor& x, const IntMatmul& op) {
  return of_differences(x, op.input_zero_point, [&](const IntTensor& part, const SplitCodes*) {
    return int_matmul(part, op.weight);
  });
}

/// Ops that only move elements, of either kind.
template <class Move>
AnyTensor moved(const AnyTensor& x, const Move& move) {
  return std::visit([&](const auto& tensor) -> AnyTensor { return move(tensor); }, x);
}

template <class T>
Tensor<T> joined(const std::vector<const AnyTensor*>& operands) {
  std::vector<const Tensor<T>*> tensors;
  for (const AnyTensor* operand : operands) tensors.push_back(&std::get<Tensor<T>>(*operand));
  return concat(tensors);
}

/// A float op; integers among its operands count as the numbers they are.
FloatTensor run_island(const std::string& name, const FloatOp& op,
                       const std::vector<const AnyTensor*>& operands) {
  std::vector<FloatTensor> converted(operands.size());
  std::vector<const FloatTensor*> pointers;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!is_real(*operands[i])) {
      const IntTensor& x = integers(*operands[i]);
      converted[i] = {x.shape, std::vector<float>(x.data.begin(), x.data.end())};
    }
    pointers.push_back(is_real(*operands[i]) ? &reals(*operands[i]) : &converted[i]);
  }
  return run_float_op(name, op, pointers);
}

}  // namespace

AnyTensor run_op(const IntNode& node, const std::vector<const AnyTensor*>& operands) {
  const AnyTensor& any = *operands[0];
  const auto x = [&]() -> const IntTensor& { return integers(any); };
  const auto second = [&]() -> const IntTensor& { return integers(*operands.at(1)); };
  using Result = AnyTensor;
  return std::visit(
      Overloaded{
          [&](const IntConv2d& op) -> Result { return convolve(x(), op); },
          [&](const IntMatmul& op) -> Result { return multiply(x(), op); },
          [&](const MulShift& op) -> Result { return shifted(node, op, x()); },
          [&](const MulQuant& op) -> Result {
            return mul_quant(x(), operands.size() > 1 ? &second() : nullptr, op);
          },
          [&](const IntAdd& op) -> Result { return add(x(), second(), op.quant); },
          [&](const IntRelu& op) -> Result { return relu(x(), op.zero_point); },
          [&](const IntMaxPool& op) -> Result { return max_pool(x(), op.window); },
          [&](const IntSumPool& op) -> Result { return sum_pool(x(), op.window, op.zero_point); },
          [&](const IntAvgPool& op) -> Result {
            return avg_pool(x(), op.window, op.zero_point, false, op.quant_by_count);
          },
          [&](const IntConcat&) -> Result {
            if (is_real(any)) return joined<float>(operands);
            return joined<std::int32_t>(operands);
          },
          [&](const IntFlatten&) -> Result {
            return moved(any, [](const auto& t) { return flatten(t); });
          },
          [&](const IntBatchMatmul& op) -> Result {
            return int_batch_matmul(x(), second(), op.transpose_a, op.transpose_b, op.zero_point_a,
                                    op.zero_point_b);
          },
          [&](const IntMul& op) -> Result {
            return int_mul(x(), second(), op.zero_point_a, op.zero_point_b);
          },
          [&](const IntClamp& op) -> Result { return clamp(x(), op.range); },
          [&](const Lookup& op) -> Result { return lookup(x(), op.table, op.lowest); },
          [&](const RoundedAvgPool& op) -> Result {
            return rounded_avg_pool(x(), op.window, op.clamp);
          },
          [&](const Requantise& op) -> Result {
            return requantise(x(), op, operands.size() > 1 ? &second() : nullptr);
          },
          [&](const RequantiseAdd& op) -> Result { return requantise_add(x(), second(), op); },
          [&](const GemmlowpSoftmax& op) -> Result { return gemmlowp_softmax(x(), op); },
          [&](const QuantizeReal& op) -> Result { return quantize_real(reals(any), op); },
          [&](const FloatMulShift& op) -> Result {
            return std::visit([&](const auto& t) { return float_mul_shift(t, op); }, any);
          },
          [&](const Pad& op) -> Result {
            return std::visit(
                [&]<class T>(const Tensor<T>& t) -> Result {
                  return pad(t, op.amounts, static_cast<T>(op.value));
                },
                any);
          },
          [&](const Reshape& op) -> Result {
            return moved(any, [&](const auto& t) { return reshape(t, op.shape); });
          },
          [&](const Dequantize& op) -> Result { return dequantize(x(), op.operand); },
          [&](const FloatIsland& op) -> Result { return run_island(node.name, op.op, operands); },
          [&](const Transpose& op) -> Result {
            return moved(any, [&](const auto& t) { return transpose(t, op.order); });
          },
          [&](const Slice& op) -> Result {
            return moved(any, [&](const auto& t) { return slice(t, op.axes); });
          },
          [&](const RequantiseBlocks& op) -> Result { return requantise_blocks(x(), op); },
          [&](const RealSoftmax& op) -> Result {
            return real_softmax(x(), op, operands.size() > 1 ? &second() : nullptr);
          },
          [&](const SplitCodes& op) -> Result { return split(x(), op); },
          [&](const JoinSums&) -> Result { return join_sums(x(), second()); },
          [&](const ILayerNorm& op) -> Result { return i_layer_norm(x(), op); },
          [&](const ItaMax& op) -> Result { return ita_max(x(), op); },
          [&](const IGelu& op) -> Result { return i_gelu(x(), op); },
          [&](const IntegerMean& op) -> Result { return integer_mean(x(), op); },
          [&](const ScoreSoftmax& op) -> Result {
            return score_softmax(x(), op, operands.size() > 1 ? &second() : nullptr);
          },
          [&](const IntConstant& op) -> Result {
            const auto batch = [](const auto& tensor) { return tensor.shape[0]; };
            return constant(std::visit(batch, any), op.value);
          },
          [&](const Roll& op) -> Result {
            return moved(any, [&](const auto& t) { return roll(t, op.shift); });
          }},
      node.op);
}

FloatTensor run_op(const FloatNode& node, const std::vector<const FloatTensor*>& operands) {
  return run_float_op(node.name, node.op, operands);
}

AnyTensors run_integer(const IntNetwork& network, AnyTensors inputs, const IntObserver& observer,
                       const KnownTensors& known) {
  const auto take = [&](const IntNode& node, std::size_t k, const AnyTensors& tensors) {
    const AnyTensor* stand_in = known ? known(node.inputs[k]) : nullptr;
    return stand_in ? stand_in : &tensors.at(node.inputs[k]);
  };
  return run(network, std::move(inputs), observer, take, [](const std::string&, AnyTensor&) {});
}

FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatObserver& observer) {
  return run_float(network, std::move(inputs), FloatFilters{}, observer);
}

FloatTensors run_float(const FloatNetwork& network, FloatTensors inputs,
                       const FloatFilters& filters, const FloatObserver& observer) {
  std::map<std::size_t, FloatTensor> changed;  // Operands of the node at work.
  const auto take = [&](const FloatNode& node, std::size_t k, const FloatTensors& tensors) {
    if (k == 0) changed.clear();
    const FloatTensor& x = tensors.at(node.inputs[k]);
    std::optional<FloatTensor> other;
    if (filters.operand) other = filters.operand(node, k, x);
    return other ? &(changed[k] = *std::move(other)) : &x;
  };
  const auto give = [&](const std::string& name, FloatTensor& tensor) {
    if (filters.tensor) filters.tensor(name, tensor);
  };
  return run(network, std::move(inputs), observer, take, give);
}

}  // namespace systole
