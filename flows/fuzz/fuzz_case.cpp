// fuzz_case.cpp: ops as a network, and as matrices.
#include "flows/fuzz/fuzz_case.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/check.h"
#include "model/network/op_name.h"
#include "model/network/shapes.h"
#include "model/ops/int_conv2d.h"
#include "sim/check/fewest.h"

namespace systole {
namespace {

constexpr Quantization kSum = {.type = {.bits = 32}};

bool is_depthwise(const FuzzOp& op) {
  const auto* conv = op.product ? std::get_if<IntConv2d>(&*op.product) : nullptr;
  return conv && conv->params.groups > 1 && conv->weight.shape[2] == 1;
}

bool is_grouped(const FuzzOp& op) {
  const auto* conv = op.product ? std::get_if<IntConv2d>(&*op.product) : nullptr;
  return conv && conv->params.groups > 1;
}

IntTensor as_matrix(const IntTensor& tensor) {
  return {{tensor.rows(), tensor.channels()}, tensor.data};
}

/// The product of a grouped convolution as one matrix, zero outside its groups' blocks. Rows run
/// over (group, kh, kw, channel).
IntTensor block_diagonal(const IntConv2d& conv) {
  const Shape& shape = conv.weight.shape;
  const std::int64_t depth = shape[0] * shape[1] * shape[2];
  const std::int64_t groups = conv.params.groups, width = shape[3] / groups;
  IntTensor weight({groups * depth, shape[3]});
  for (std::int64_t g = 0; g < groups; ++g)
    for (std::int64_t k = 0; k < depth; ++k)
      for (std::int64_t n = g * width; n < (g + 1) * width; ++n)
        weight[(g * depth + k) * shape[3] + n] = conv.weight[k * shape[3] + n];
  return weight;
}

/// The patches of all groups side by side, in the order of `block_diagonal`'s rows.
IntTensor patches(const IntTensor& x, const IntConv2d& conv) {
  const std::int64_t groups = conv.params.groups, inputs = conv.weight.shape[2];
  std::vector<IntTensor> parts;
  for (std::int64_t g = 0; g < groups; ++g)
    parts.push_back(im2col(x, conv.params.window, g * inputs, inputs, conv.params.pad_value));
  const std::int64_t width = parts[0].shape[1];
  IntTensor matrix({parts[0].shape[0], groups * width});
  auto out = matrix.data.begin();
  for (std::int64_t row = 0; row < matrix.shape[0]; ++row)
    for (const IntTensor& part : parts)
      out = std::copy_n(part.data.begin() + row * width, width, out);
  return matrix;
}

/// The matrices of the leading axes' items of a tensor [.., rows, columns].
struct Items {
  const IntTensor& tensor;
  bool swapped;  ///< Stored as [.., columns, rows].

  std::int64_t last(std::size_t from_end) const {
    return tensor.shape[tensor.shape.size() - from_end];
  }
  std::int64_t rows() const { return last(swapped ? 1 : 2); }
  std::int64_t columns() const { return last(swapped ? 2 : 1); }
  std::int64_t count() const { return element_count(tensor.shape) / (rows() * columns()); }
  std::int32_t at(std::int64_t item, std::int64_t row, std::int64_t column) const {
    const std::int64_t first = item * rows() * columns();
    return tensor[first + (swapped ? column * rows() + row : row * columns() + column)];
  }
};

/// Side by side.
IntTensor in_a_row(const Items& items) {
  IntTensor matrix({items.rows(), items.count() * items.columns()});
  for (std::int64_t i = 0; i < matrix.size(); ++i) {
    const std::int64_t column = i % matrix.shape[1];
    matrix[i] = items.at(column / items.columns(), i / matrix.shape[1], column % items.columns());
  }
  return matrix;
}

/// Zeros around them.
IntTensor on_a_diagonal(const Items& items) {
  IntTensor matrix({items.count() * items.rows(), items.count() * items.columns()});
  for (std::int64_t row = 0; row < matrix.shape[0]; ++row)
    for (std::int64_t c = 0; c < items.columns(); ++c) {
      const std::int64_t item = row / items.rows();
      matrix[row * matrix.shape[1] + item * items.columns() + c] =
          items.at(item, row % items.rows(), c);
    }
  return matrix;
}

/// A product of two activations as one of matrices, its lanes' constants and residual likewise.
/// Nothing where that would be large: it has zeros for all items but one in every column.
std::optional<MatrixCase> one_product(const FuzzOp& op, MatrixCase matrices) {
  constexpr std::int64_t kMostWeights = std::int64_t{1} << 22;
  const auto& product = std::get<IntBatchMatmul>(*op.product);
  const Items a{op.x.tensor, product.transpose_a}, b{op.stationary->tensor, product.transpose_b};
  if (a.count() * a.count() * b.rows() * b.columns() > kMostWeights) return std::nullopt;
  matrices.x = in_a_row(a);
  matrices.weight = on_a_diagonal(b);
  if (matrices.quant) {
    Indices channels = all_indices(matrices.columns());
    for (std::int64_t& c : channels) c %= b.columns();
    matrices.quant = some_constants(*matrices.quant, all_indices(a.rows()), channels);
  }
  if (matrices.residual) matrices.residual = in_a_row({op.residual->tensor, false});
  return matrices;
}

/// False where the lanes compute something that a MatrixCase has no room for.
bool set_quant(const FuzzOp& op, MatrixCase& matrices) {
  if (!op.quant) return true;
  if (const auto* quant = std::get_if<MulQuant>(&*op.quant))
    matrices.quant = *quant;
  else if (const auto* add = std::get_if<IntAdd>(&*op.quant))
    matrices.quant = add->quant;
  else
    return false;
  if (op.residual) matrices.residual = as_matrix(op.residual->tensor);
  return true;
}

}  // namespace

FuzzNetwork network_of(const std::vector<FuzzOp>& ops) {
  FuzzNetwork made;
  made.network.name = "fuzz";
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const FuzzOp& op = ops[i];
    const auto add_input = [&](const char* stem, const FuzzOperand& operand) {
      const std::string name = fmt::format("{}{}", stem, i);
      const Shape& shape = operand.tensor.shape;
      made.network.inputs.push_back(
          {name, {shape.begin() + 1, shape.end()}, {.type = operand.type}});
      made.inputs[name] = operand.tensor;
      return name;
    };
    std::string last = add_input("x", op.x);
    const auto add_node = [&](const char* stem, const IntOp& node_op, const IntType& type) {
      IntNode node = {fmt::format("{}{}", stem, i), {last}, node_op, kSum};
      node.output.type = type;
      last = node.name;
      return &made.network.nodes.emplace_back(std::move(node));
    };
    if (op.product) {
      const bool is_max = std::holds_alternative<IntMaxPool>(*op.product);
      IntNode* node = add_node("product", *op.product, is_max ? op.x.type : kSum.type);
      if (op.stationary) node->inputs.push_back(add_input("y", *op.stationary));
    }
    if (op.quant) {
      IntNode* node = add_node("quant", *op.quant, op.quant_type);
      if (op.residual) node->inputs.push_back(add_input("residual", *op.residual));
    }
    made.network.outputs.push_back(last);
  }
  return made;
}

bool is_legal(const FuzzCase& fuzz_case) {
  try {
    const FuzzNetwork made = network_of(fuzz_case.ops);
    check_network(made.network, {fuzz_case.allow_wrap});
    AnyTensors inputs(made.inputs.begin(), made.inputs.end());
    check_inputs(inputs, made.network.inputs);
  } catch (const InputError&) {
    return false;
  }
  return true;
}

std::string kind_of(const FuzzOp& op) {
  const std::string name(op_name(op.product ? *op.product : *op.quant));
  return (is_depthwise(op) ? "depthwise " : is_grouped(op) ? "grouped " : "") + name;
}

std::string describe(const FuzzOp& op) {
  const FuzzNetwork made = network_of({op});
  const Shapes shapes = infer_shapes(made.network, op.x.tensor.shape[0]);
  std::string text = fmt::format("{} of {} to {}", kind_of(op), to_string(op.x.tensor.shape),
                                 to_string(shapes.at(made.network.outputs[0])));
  if (op.product && op.quant) text += fmt::format(", {}", op_name(*op.quant));
  if (op.residual) text += ", residual";
  return text;
}

std::int64_t count_values(const FuzzCase& fuzz_case) {
  std::int64_t count = 0;
  for (const FuzzOp& op : fuzz_case.ops) {
    count += op.x.tensor.size();
    for (const auto* operand : {&op.stationary, &op.residual})
      if (*operand) count += (*operand)->tensor.size();
    if (!op.product) continue;
    if (const auto* conv = std::get_if<IntConv2d>(&*op.product)) count += conv->weight.size();
    if (const auto* matmul = std::get_if<IntMatmul>(&*op.product)) count += matmul->weight.size();
  }
  return count;
}

std::optional<MatrixCase> matrices_of(const FuzzOp& op) {
  MatrixCase matrices;
  if (!set_quant(op, matrices)) return std::nullopt;
  if (op.stationary) return one_product(op, std::move(matrices));
  if (!op.product) {
    matrices.x = as_matrix(op.x.tensor);
  } else if (const auto* matmul = std::get_if<IntMatmul>(&*op.product)) {
    matrices.x = as_matrix(op.x.tensor);
    matrices.weight = matmul->weight;
  } else if (const auto* conv = std::get_if<IntConv2d>(&*op.product)) {
    matrices.x = patches(op.x.tensor, *conv);
    matrices.weight = block_diagonal(*conv);
  } else {
    return std::nullopt;
  }
  if (matrices.quant)
    matrices.quant = some_constants(*matrices.quant, all_indices(matrices.x.shape[0]),
                                    all_indices(matrices.columns()));
  return matrices;
}

FuzzOp op_of(const MatrixCase& matrices) {
  const auto sample = [](const IntTensor& matrix) {
    return FuzzOperand{{{1, matrix.shape[0], matrix.shape[1]}, matrix.data},
                       narrowest_type(matrix)};
  };
  FuzzOp op;
  op.x = sample(matrices.x);
  if (matrices.weight) op.product = IntMatmul{*matrices.weight};
  if (matrices.quant) {
    const IntRange& clamp = matrices.quant->clamp;
    op.quant = *matrices.quant;
    op.quant_type = narrowest_type(
        {{2}, {static_cast<std::int32_t>(clamp.lo), static_cast<std::int32_t>(clamp.hi)}});
  }
  if (matrices.residual) op.residual = sample(*matrices.residual);
  return op;
}

}  // namespace systole
