// explain.h: what wrong tensors alone tell of a fault, without running anything again.
#pragma once

#include "model/network/network.h"
#include "sim/check/pattern.h"

namespace systole {

/// The elements in which `got` differs from `golden` [m x channels], with their places.
Differences find_differences(const IntTensor& golden, const IntTensor& got, const PlaceOf& place_of,
                             std::int64_t array_columns);

/// Pattern, maps and what the differing accumulators have in common. `is_stream`: they were not
/// computed by the PEs.
Explanation explain_sums(const IntTensor& golden, const IntTensor& got,
                         const Differences& differences, bool is_stream);

/// Pattern, maps and the change of the equation of `quant` (mul_quant, add or requantise) that
/// gives `got` from `inputs`: the design's own accumulators, or the codes that stream. `residual`
/// may be null. The stage stays empty where no single stage explains it.
Explanation explain_codes(const IntTensor& golden, const IntTensor& got, const IntTensor& inputs,
                          const IntTensor* residual, const IntOp& quant,
                          const Differences& differences, const PlaceOf& place_of);

}  // namespace systole
