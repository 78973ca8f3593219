// rounding.h: the four rounding modes and the shift that uses them.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string_view>

namespace systole {

/// Which way a tie goes; `kFloor` does not round. The numbers are the RTL's `cmd_rounding_i`.
enum class Rounding : std::uint8_t { kHalfEven = 0, kHalfUp = 1, kHalfAway = 2, kFloor = 3 };

inline constexpr std::array<std::string_view, 4> kRoundingNames = {"half_even", "half_up",
                                                                   "half_away", "floor"};

/// Returns the integer nearest to `value / 2^shift`, ties as `mode` says (`kFloor`: the largest
/// integer that is not above). `shift` in [0, 62]; 0 is the identity.
inline std::int64_t round_shift(std::int64_t value, int shift,
                                Rounding mode = Rounding::kHalfEven) {
  assert(0 <= shift && shift <= 62);
  const std::int64_t floor = value >> shift;
  // The highest bit shifted out, 0 when there is none: the remainder is a half or more. No branches
  // but on the mode, because the remainders of a tensor are random.
  const std::int64_t is_half_or_more = ((value << 1) >> shift) & 1;
  const std::int64_t half = (std::int64_t{1} << shift) >> 1;
  const bool is_more = value - (floor << shift) != half;
  switch (mode) {
    case Rounding::kHalfEven:
      return floor + (is_half_or_more & (is_more | (floor & 1)));
    case Rounding::kHalfUp:
      return floor + is_half_or_more;
    case Rounding::kHalfAway:
      return floor + (is_half_or_more & (is_more | (value >= 0)));
    case Rounding::kFloor:
      break;
  }
  return floor;
}

}  // namespace systole
