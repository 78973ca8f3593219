// quantization.h: what the integers of an op's output stand for.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// Accumulators: 32 bits signed; their scale differs per channel, so it reads 1.
inline constexpr Quantization kAccumulator = {.type = {.bits = 32, .is_signed = true}};

/// The output's quantization of `op`: `declared` where the op requantises, else what follows from
/// the operands (ReLU, pools, concat, flatten) or `kAccumulator`.
Quantization output_quantization(const IntOp& op, const std::vector<Quantization>& operands,
                                 const Quantization& declared);

/// Whether network.yaml declares the op's output `type` and `real_scale`.
bool declares_output(const IntOp& op);

/// real = (code - zero_point) * scale, in float.
FloatTensor dequantize(const IntTensor& codes, const Quantization& quantization);

/// code = clamp(rne(real / scale) + zero_point) to the type's range.
IntTensor quantize(const FloatTensor& reals, const Quantization& quantization);

}  // namespace systole
