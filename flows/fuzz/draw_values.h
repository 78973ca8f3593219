// draw_values.h: extents, types and values of operands; corners first.
#pragma once

#include <cstdint>

#include "flows/fuzz/dice.h"
#include "flows/fuzz/fuzz_case.h"

namespace systole {

/// An extent in [1, most]: often 1, `unit` or a multiple of it, and their neighbours.
std::int64_t draw_extent(Dice& dice, std::int64_t unit, std::int64_t most);

/// Values in [lo, hi], lo <= 0 <= hi: uniform, ends and their neighbours, all one end, ends in
/// turn, one that is not 0, or small.
IntTensor draw_values(Dice& dice, const Shape& shape, const IntRange& range);

/// A type whose values fit `bits` signed: most often all of them.
IntType draw_type(Dice& dice, int bits);

/// A tensor of such a type.
FuzzOperand draw_operand(Dice& dice, const Shape& shape, int bits);

}  // namespace systole
