// check.h: compares what the design computed with the golden tensor, element by element.
#pragma once

#include <span>

#include "model/network/network.h"
#include "sim/check/verdict.h"

namespace systole {

/// Fills state, compared, mismatched and the first difference of `op`. `got` has as many elements
/// as `golden`; `extra` elements that the design delivered beyond them count as mismatched. Nothing
/// compared is a mismatch.
void check_tensor(const IntTensor& golden, std::span<const std::int32_t> got, std::int64_t extra,
                  const PlaceOf& place_of, OpVerdict& op);

/// Where the differences of an output of the lanes arose: kMulQuant when the design's own
/// accumulators, rescaled by the reference (`quant` is a mul_quant, add or requantise), do not give
/// the design's output; else kAccumulator. `accumulators` is null where the design has no tap or
/// the op streams: then kMulQuant.
Stage find_stage(const IntTensor& golden, const IntTensor& got, const IntTensor* accumulators,
                 const IntTensor* residual, const IntOp& quant);

}  // namespace systole
