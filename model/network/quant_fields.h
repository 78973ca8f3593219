// quant_fields.h: the constants of a requantisation in network.yaml; private to model/network/.
#pragma once

#include "model/network/network.h"
#include "model/network/op_fields.h"

namespace systole {

/// The keys of a requantisation and its output, with and without a residual operand.
std::vector<std::string> quant_keys(bool has_residual);

/// Scale, bias and shift of every channel: tensors [1] or [channels].
std::vector<MulQuantChannel> read_channels(const OpFields& fields);

/// A requantisation with constants per channel, and what its output means.
MulQuant read_quant(const OpFields& fields, bool has_residual, Quantization& output);

/// Rows of constants, one per token: `tokens`, or 1.
std::int64_t read_tokens(const OpFields& fields);

/// `type` and `real_scale`; the zero point is the caller's.
Quantization read_output(const OpFields& fields);

/// The pair of codes at `key`, within `type`; absent: the type's range.
IntRange read_clamp(const OpFields& fields, std::string_view key, const IntType& type);

/// Rounding, zero point, its form, and the clamp; `channels` stay empty.
MulQuant read_quant_attributes(const OpFields& fields, Quantization& output);

}  // namespace systole
