// rounding.cpp: shifts right with a choice of ties.
#include "model/ops/rounding.h"

#include <cassert>

namespace systole {

std::int64_t round_shift(std::int64_t value, int shift, Rounding mode) {
  assert(0 <= shift && shift <= 62);
  const std::int64_t floor = value >> shift;
  const std::int64_t remainder = value - (floor << shift);
  const std::int64_t half = (std::int64_t{1} << shift) >> 1;  // 0 when nothing is shifted out.

  const bool is_above = remainder > half;
  const bool is_tie = shift > 0 && remainder == half;
  switch (mode) {
    case Rounding::kHalfEven:
      return floor + (is_above || (is_tie && (floor & 1) != 0) ? 1 : 0);
    case Rounding::kHalfUp:
      return floor + (is_above || is_tie ? 1 : 0);
    case Rounding::kHalfAway:
      return floor + (is_above || (is_tie && value >= 0) ? 1 : 0);
    case Rounding::kFloor:
      break;
  }
  return floor;
}

}  // namespace systole
