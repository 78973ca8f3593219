// draw_values.cpp: patterns in which hardware goes wrong.
#include "flows/fuzz/draw_values.h"

#include <algorithm>

namespace systole {
namespace {

std::int32_t uniform(Dice& dice, const IntRange& range) {
  return static_cast<std::int32_t>(dice.between(range.lo, range.hi));
}

std::int32_t corner(Dice& dice, const IntRange& range) {
  const std::int64_t value =
      dice.one_of<std::int64_t>({range.lo, range.lo + 1, -1, 0, 1, range.hi - 1, range.hi});
  return static_cast<std::int32_t>(std::clamp(value, range.lo, range.hi));
}

}  // namespace

std::int64_t draw_extent(Dice& dice, std::int64_t unit, std::int64_t most) {
  std::int64_t extent = dice.between(1, most);
  if (dice.percent(60))
    extent = dice.one_of<std::int64_t>(
        {1, 2, unit - 1, unit, unit + 1, 2 * unit - 1, 2 * unit, 2 * unit + 1, 3 * unit, most});
  return std::clamp<std::int64_t>(extent, 1, most);
}

IntTensor draw_values(Dice& dice, const Shape& shape, const IntRange& range) {
  IntTensor tensor(shape);
  const std::int64_t pattern = dice.between(0, 19);
  const IntRange small = {std::max<std::int64_t>(range.lo, -2),
                          std::min<std::int64_t>(range.hi, 2)};
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    if (pattern < 8)
      tensor[i] = uniform(dice, range);
    else if (pattern < 13)
      tensor[i] = corner(dice, range);
    else if (pattern < 16)
      tensor[i] = uniform(dice, small);
    else if (pattern < 18)
      tensor[i] = static_cast<std::int32_t>((pattern == 16 || i % 2 == 0) ? range.lo : range.hi);
    else if (pattern == 18)
      tensor[i] = static_cast<std::int32_t>(range.hi);
  }
  if (pattern == 19 && tensor.size() > 0)
    tensor[dice.between(0, tensor.size() - 1)] =
        dice.percent(50) ? corner(dice, range) : uniform(dice, range);
  return tensor;
}

IntType draw_type(Dice& dice, int bits) {
  if (bits < 2 || dice.percent(50)) return {.bits = bits, .is_signed = true};
  if (dice.percent(50)) return {.bits = bits - 1, .is_signed = false};
  const bool is_signed = dice.percent(50);
  return {.bits = static_cast<int>(dice.between(is_signed ? 2 : 1, is_signed ? bits : bits - 1)),
          .is_signed = is_signed};
}

FuzzOperand draw_operand(Dice& dice, const Shape& shape, int bits) {
  const IntType type = draw_type(dice, bits);
  return {draw_values(dice, shape, type.range()), type};
}

}  // namespace systole
