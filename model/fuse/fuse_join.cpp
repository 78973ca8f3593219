// fuse_join.cpp: additions without a convolution to host them, and concatenation.
#include <fmt/format.h>

#include "model/fuse/fuser.h"
#include "model/network/ranges.h"

namespace systole {

void Fuser::emit_add(const Group& group) {
  const Coded a = operand(*group.head, 0);
  const Coded c = operand(*group.head, 1);
  const CodeTarget output = target_of(group);
  const double step = output.quantization.scale;
  const RealChannel real{.scale = a.quantization.scale / step,
                         .residual_scale = c.quantization.scale / step,
                         .input_offset = a.quantization.zero_point,
                         .residual_zero_point = c.quantization.zero_point};
  const OperandBounds bounds{.acc = largest_magnitude(a.range),
                             .residual = largest_magnitude(c.range)};
  const std::string& name = group.head->name;
  MulQuant quant = make_quant(name, {&real, 1}, bounds, output, group.relu_op());
  define(group, append(name, {a, c}, IntAdd{.quant = std::move(quant)}, output.quantization));
}

Coded Fuser::requantised(const Coded& x, const CodeTarget& target, const std::string& name) {
  const IntRange& codes = target.codes;
  if (x.quantization == target.quantization && codes.contains(x.range.lo) &&
      codes.contains(x.range.hi))
    return x;
  const RealChannel real{.scale = x.quantization.scale / target.quantization.scale,
                         .input_offset = x.quantization.zero_point};
  MulQuant quant =
      make_quant(name, {&real, 1}, {.acc = largest_magnitude(x.range)}, target, nullptr);
  return append(name, {x}, std::move(quant), target.quantization);
}

void Fuser::emit_concat(const Group& group) {
  const std::string& name = group.head->name;
  std::vector<Coded> operands;
  const bool has_target = encoded_.tensors.contains(name);
  for (std::size_t i = 0; i < group.head->inputs.size(); ++i) {
    operands.push_back(operand(*group.head, i));
    if (has_target)
      operands[i] =
          requantised(operands[i], target_of(group), fmt::format("{}.in{}.quant", name, i));
  }
  define(group, append(name, operands, IntConcat{}));
}

}  // namespace systole
