// draw_case.h: from a seed and a number to a case.
#pragma once

#include <cstdint>
#include <vector>

#include "flows/fuzz/fuzz_case.h"
#include "sim/channel/beats.h"

namespace systole {

/// Cycles without a transfer that count as a hang: more than any stalls of a case can take.
inline constexpr std::uint64_t kFuzzWatchdog = 4000;

/// Case `number` of `seed` for designs of these geometries (at least one): ops that the design of
/// the case computes itself, 1 to 5 of them; stalls, seeds and quantum of the bench. Equal
/// arguments give equal cases. Successive numbers go through designs, kinds of ops and roundings in
/// turn.
FuzzCase draw_case(std::uint64_t seed, std::uint64_t number, const std::vector<Geometry>& designs);

}  // namespace systole
