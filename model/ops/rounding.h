// rounding.h: the four rounding modes and the shift that uses them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace systole {

/// Which way a tie goes; `kFloor` does not round. The numbers are the RTL's `cmd_rounding_i`.
enum class Rounding : std::uint8_t { kHalfEven = 0, kHalfUp = 1, kHalfAway = 2, kFloor = 3 };

inline constexpr std::array<std::string_view, 4> kRoundingNames = {"half_even", "half_up",
                                                                   "half_away", "floor"};

/// Returns the integer nearest to `value / 2^shift`, ties as `mode` says (`kFloor`: the largest
/// integer that is not above). `shift` in [0, 62]; 0 is the identity.
std::int64_t round_shift(std::int64_t value, int shift, Rounding mode = Rounding::kHalfEven);

}  // namespace systole
