// fuse_join.cpp: additions without a convolution to host them, and concatenation.
#include <fmt/format.h>

#include "model/fuse/fuser.h"
#include "model/network/ranges.h"

namespace systole {

void Fuser::emit_add(const Group& group) {
  const Coded a = coded(group.head->inputs[0]);
  const Coded c = coded(group.head->inputs[1]);
  const Quantization output = output_encoding(group);
  const RealChannel real{.scale = a.quantization.scale / output.scale,
                         .residual_scale = c.quantization.scale / output.scale,
                         .input_offset = a.quantization.zero_point,
                         .residual_zero_point = c.quantization.zero_point};
  const OperandBounds bounds{.acc = largest_magnitude(a.range),
                             .residual = largest_magnitude(c.range)};
  const std::string& name = group.head->name;
  MulQuant quant = make_quant(name, {&real, 1}, bounds, output, group.relu_op());
  define(group, append(name, {a, c}, IntAdd{.quant = std::move(quant)}, output));
}

Coded Fuser::requantised(const Coded& x, const Quantization& target, const std::string& name) {
  if (x.quantization == target) return x;
  const RealChannel real{.scale = x.quantization.scale / target.scale,
                         .input_offset = x.quantization.zero_point};
  MulQuant quant =
      make_quant(name, {&real, 1}, {.acc = largest_magnitude(x.range)}, target, nullptr);
  return append(name, {x}, std::move(quant), target);
}

void Fuser::emit_concat(const Group& group) {
  const std::string& name = group.head->name;
  std::vector<Coded> operands;
  bool are_equal = true;
  for (const std::string& input : group.head->inputs) {
    operands.push_back(coded(input));
    are_equal = are_equal && operands.back().quantization == operands[0].quantization;
  }
  if (!are_equal) {
    const Quantization target = output_encoding(group);
    for (std::size_t i = 0; i < operands.size(); ++i)
      operands[i] = requantised(operands[i], target, fmt::format("{}.in{}.quant", name, i));
  }
  define(group, append(name, operands, IntConcat{}));
}

}  // namespace systole
