// quantization.h: what the integers of an op's output stand for.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// Accumulators: 32 bits signed; their scale differs per channel, so it reads 1.
inline constexpr Quantization kAccumulator = {.type = {.bits = 32}};

/// The output's quantization of `op`: `declared` where the op requantises, else what follows from
/// the operands (ReLU, pools, concat, flatten) or `kAccumulator`.
Quantization output_quantization(const IntOp& op, const std::vector<Quantization>& operands,
                                 const Quantization& declared);

/// Whether network.yaml declares the op's output `type` and `real_scale`.
bool declares_output(const IntOp& op);

}  // namespace systole
