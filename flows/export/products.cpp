// products.cpp: operands and sums of every product of a run, in PyTorch's layout.
#include "flows/export/products.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "model/config/error.h"
#include "model/network/names.h"
#include "model/ops/zero_point.h"

namespace systole {
namespace {

/// Axis i of the result is axis `order[i]` of `x`.
IntTensor permuted(const IntTensor& x, const std::vector<std::size_t>& order) {
  const std::size_t rank = x.shape.size();
  std::vector<std::int64_t> steps(rank, 1);
  for (std::size_t axis = rank; axis-- > 1;) steps[axis - 1] = steps[axis] * x.shape[axis];
  Shape shape;
  for (const std::size_t axis : order) shape.push_back(x.shape[axis]);

  IntTensor y(shape);
  Shape at(rank, 0);
  std::int64_t from = 0;
  for (std::int32_t& value : y.data) {
    value = x[from];
    for (std::size_t i = rank; i-- > 0;) {  // The next index, and where it is in x.
      from += steps[order[i]];
      if (++at[i] < shape[i]) break;
      from -= steps[order[i]] * shape[i];
      at[i] = 0;
    }
  }
  return y;
}

IntTensor nhwc_to_nchw(const IntTensor& x) { return permuted(x, {0, 3, 1, 2}); }

IntTensor last_two_swapped(const IntTensor& x) {
  std::vector<std::size_t> order(x.shape.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::swap(order[order.size() - 2], order[order.size() - 1]);
  return permuted(x, order);
}

/// The same elements in another shape.
IntTensor reshaped(const IntTensor& x, const Shape& shape) { return {shape, x.data}; }

bool is_padded(const Window& window) {
  return std::any_of(window.padding.begin(), window.padding.end(), [](auto p) { return p != 0; });
}

template <class... Ops>
bool is_one_of(const IntOp& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

/// Whether the op keeps the order of its first operand's elements, at least.
bool is_element_by_element(const IntOp& op) {
  if (const auto* island = std::get_if<FloatIsland>(&op))
    return std::holds_alternative<Relu>(island->op) || std::holds_alternative<Add>(island->op);
  return is_one_of<MulShift, MulQuant, IntAdd, IntRelu, IntMul, IntClamp, Lookup, Requantise,
                   RequantiseAdd, QuantizeReal, FloatMulShift, Dequantize>(op);
}

/// Takes a network's products and their tensors together.
class Collector {
 public:
  Collector(const IntNetwork& network, const Trace& trace) : trace_(trace) {
    for (const NetworkInput& input : network.inputs)
      zero_points_[input.name] = input.quantization.zero_point;
    for (const IntNode& node : network.nodes) {
      zero_points_[node.name] = node.output.zero_point;
      nodes_[node.name] = &node;
    }
  }

  std::optional<Product> product(const IntNode& node) const {
    if (const auto* conv = std::get_if<IntConv2d>(&node.op)) return of(node, *conv);
    if (const auto* matmul = std::get_if<IntMatmul>(&node.op)) return of(node, *matmul);
    if (const auto* matmul = std::get_if<IntBatchMatmul>(&node.op)) return of(node, *matmul);
    return std::nullopt;
  }

 private:
  const IntTensor& tensor(const std::string& name) const {
    return integers(trace_.tensors.at(name));
  }

  Product of(const IntNode& node, const IntConv2d& op) const {
    const std::int32_t zero_point =
        is_padded(op.params.window) ? op.params.pad_value : zero_points_.at(node.inputs[0]);
    const IntTensor x1 = subtract_zero_point(tensor(node.inputs[0]), zero_point);
    const IntTensor y = sums(node, op.weight, zero_point - op.input_zero_point);
    return {node.name, nhwc_to_nchw(x1), permuted(op.weight, {3, 2, 0, 1}), nhwc_to_nchw(y)};
  }

  Product of(const IntNode& node, const IntMatmul& op) const {
    const std::int32_t zero_point = zero_points_.at(node.inputs[0]);
    IntTensor x1 = subtract_zero_point(tensor(node.inputs[0]), zero_point);
    IntTensor x2 = op.weight;
    if (const std::optional<Shape> image = flattened_image(node.inputs[0])) {
      x1 = reshaped(nhwc_to_nchw(reshaped(x1, *image)), x1.shape);
      const Shape taps = {(*image)[1], (*image)[2], (*image)[3], x2.channels()};
      x2 = reshaped(permuted(reshaped(x2, taps), {2, 0, 1, 3}), x2.shape);
    }
    return {node.name, std::move(x1), std::move(x2),
            sums(node, op.weight, zero_point - op.input_zero_point)};
  }

  Product of(const IntNode& node, const IntBatchMatmul& op) const {
    const IntTensor a = subtract_zero_point(tensor(node.inputs[0]), op.zero_point_a);
    const IntTensor b = subtract_zero_point(tensor(node.inputs[1]), op.zero_point_b);
    return {node.name, op.transpose_a ? last_two_swapped(a) : a,
            op.transpose_b ? last_two_swapped(b) : b, tensor(node.name)};
  }

  /// The op's result, channels last, less `zero_point` times the sum of each channel's weights.
  IntTensor sums(const IntNode& node, const IntTensor& weight, std::int64_t zero_point) const {
    IntTensor y = tensor(node.name);
    std::vector<std::int64_t> offsets(static_cast<std::size_t>(weight.channels()));
    for (std::int64_t i = 0; i < weight.size(); ++i)
      offsets[static_cast<std::size_t>(i % weight.channels())] += zero_point * weight[i];
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const std::int64_t sum = y[i] - offsets[static_cast<std::size_t>(i % y.channels())];
      if (!IntType{.bits = 32}.range().contains(sum)) {
        throw InputError({.where = {trace_.network},
                          .key = node.name,
                          .got = fmt::format("a sum of {} without the zero point", sum),
                          .expected = "at most 32 bits"});
      }
      y[i] = static_cast<std::int32_t>(sum);
    }
    return y;
  }

  /// The shape [n, h, w, c] that a tensor of features had before a `flatten`.
  std::optional<Shape> flattened_image(const std::string& name) const {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return std::nullopt;
    const IntNode& node = *found->second;
    const Shape& x = shape_of(trace_.tensors.at(node.inputs[0]));
    if (std::holds_alternative<IntFlatten>(node.op))
      return x.size() == 4 ? std::optional(x) : std::nullopt;
    if (!is_element_by_element(node.op)) return std::nullopt;
    return flattened_image(node.inputs[0]);
  }

  const Trace& trace_;
  std::map<std::string, std::int32_t> zero_points_;
  std::map<std::string, const IntNode*> nodes_;
};

/// Gives every product a name that a file may have, and no other product has.
void rename_for_files(std::vector<Product>& products) {
  const auto is_unsafe = [](const Product& product) {
    return product.name.find_first_of("/:") != std::string::npos;
  };
  std::set<std::string> taken;
  for (const Product& product : products)
    if (!is_unsafe(product)) taken.insert(product.name);
  for (Product& product : products) {
    if (!is_unsafe(product)) continue;
    const std::string safe = file_text(product.name);
    product.name = safe;
    for (int i = 2; !taken.insert(product.name).second; ++i)
      product.name = fmt::format("{}_{}", safe, i);
  }
}

}  // namespace

std::vector<Product> list_products(const IntNetwork& network, const Trace& trace) {
  const Collector collector(network, trace);
  std::vector<Product> products;
  for (const IntNode& node : network.nodes)
    if (std::optional<Product> product = collector.product(node))
      products.push_back(std::move(*product));
  rename_for_files(products);
  return products;
}

}  // namespace systole
