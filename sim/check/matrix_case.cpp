// matrix_case.cpp: matrices as a network, and parts of them.
#include "sim/check/matrix_case.h"

#include <algorithm>

#include "model/config/error.h"
#include "model/network/check.h"
#include "sim/check/fewest.h"

namespace systole {
namespace {

constexpr Quantization kSum = {.type = {.bits = 32}};

IntType narrowest_type(std::int64_t lowest, std::int64_t highest) {
  IntType type = {.bits = 1, .is_signed = lowest < 0};
  while (!type.range().contains(lowest) || !type.range().contains(highest)) ++type.bits;
  return type;
}

IntTensor pick_rows(const IntTensor& from, const std::vector<std::int64_t>& rows) {
  IntTensor tensor({static_cast<std::int64_t>(rows.size()), from.shape[1]});
  auto out = tensor.data.begin();
  for (const std::int64_t row : rows)
    out = std::copy_n(from.data.begin() + row * from.shape[1], from.shape[1], out);
  return tensor;
}

IntTensor pick_columns(const IntTensor& from, const std::vector<std::int64_t>& columns) {
  IntTensor tensor({from.shape[0], static_cast<std::int64_t>(columns.size())});
  auto out = tensor.data.begin();
  for (std::int64_t row = 0; row < from.shape[0]; ++row)
    for (const std::int64_t column : columns) *out++ = from[row * from.shape[1] + column];
  return tensor;
}

}  // namespace

IntType narrowest_type(const IntTensor& tensor) {
  const auto [lowest, highest] = std::ranges::minmax_element(tensor.data);
  return narrowest_type(*lowest, *highest);
}

void append(const MatrixCase& matrices, const std::string& suffix, IntNetwork& network,
            IntTensors& inputs) {
  const auto add_input = [&](const std::string& name, const IntTensor& tensor) {
    network.inputs.push_back({name, tensor.shape, {.type = narrowest_type(tensor)}});
    inputs[name] = IntTensor({1, tensor.shape[0], tensor.shape[1]}, tensor.data);
  };
  std::string last = "x" + suffix;
  add_input(last, matrices.x);
  if (matrices.weight) {
    const std::string name = "product" + suffix;
    network.nodes.push_back({name, {last}, IntMatmul{*matrices.weight}, kSum});
    last = name;
  }
  if (matrices.quant) {
    const std::string name = "quant" + suffix;
    const IntRange& clamp = matrices.quant->clamp;
    IntNode node = {name, {last}, *matrices.quant, {.type = narrowest_type(clamp.lo, clamp.hi)}};
    if (matrices.residual) {
      add_input("residual" + suffix, *matrices.residual);
      node.inputs.push_back("residual" + suffix);
    }
    network.nodes.push_back(std::move(node));
    last = name;
  }
  network.outputs.push_back(last);
}

MulQuant some_constants(const MulQuant& quant, const std::vector<std::int64_t>& rows,
                        const std::vector<std::int64_t>& channels) {
  MulQuant some = quant;
  some.tokens = 1;
  if (quant.channels.size() <= 1) return some;
  some.channels.clear();
  const bool has_tokens = quant.tokens > 1;
  const bool has_channels = std::ssize(quant.channels) > quant.tokens || !has_tokens;
  some.tokens = has_tokens ? std::ssize(rows) : 1;
  for (std::int64_t i = 0; i < some.tokens; ++i) {
    const std::int64_t row = rows[static_cast<std::size_t>(i)];
    if (!has_channels) some.channels.push_back(quant.channel(row, 0));
    for (const std::int64_t c : channels)
      if (has_channels) some.channels.push_back(quant.channel(row, c));
  }
  return some;
}

bool is_legal(const MatrixCase& matrices) {
  IntNetwork network;
  IntTensors inputs;
  append(matrices, "", network, inputs);
  try {
    check_network(network);
  } catch (const InputError&) {
    return false;
  }
  return true;
}

MatrixCase with_rows(const MatrixCase& matrices, const std::vector<std::int64_t>& rows) {
  MatrixCase part = matrices;
  part.x = pick_rows(matrices.x, rows);
  if (matrices.residual) part.residual = pick_rows(*matrices.residual, rows);
  if (matrices.quant)
    part.quant = some_constants(*matrices.quant, rows, all_indices(matrices.columns()));
  return part;
}

MatrixCase with_depth(const MatrixCase& matrices, const std::vector<std::int64_t>& steps) {
  MatrixCase part = matrices;
  part.x = pick_columns(matrices.x, steps);
  part.weight = pick_rows(*matrices.weight, steps);
  return part;
}

MatrixCase with_columns(const MatrixCase& matrices, const std::vector<std::int64_t>& columns) {
  MatrixCase part = matrices;
  if (matrices.weight)
    part.weight = pick_columns(*matrices.weight, columns);
  else
    part.x = pick_columns(matrices.x, columns);
  if (matrices.residual) part.residual = pick_columns(*matrices.residual, columns);
  if (matrices.quant)
    part.quant = some_constants(*matrices.quant, all_indices(matrices.x.shape[0]), columns);
  return part;
}

}  // namespace systole
