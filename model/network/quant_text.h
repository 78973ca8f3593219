// quant_text.h: writes the constants of a requantisation; private to model/network/.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/tensor/safetensors.h"

namespace systole {

/// ", scale: <op>.scale, bias: ..., shift: ..."; the tensors are appended to `tensors`.
std::string write_channels(const std::string& op, const std::vector<MulQuantChannel>& channels,
                           std::vector<SafetensorsEntry>& tensors);

/// The same with residual constants, rounding, zero point, clamp and the output's meaning.
std::string write_quant(const IntNode& node, const MulQuant& quant, bool has_residual,
                        std::vector<SafetensorsEntry>& tensors);

/// ", tokens: 17"; nothing for 1, which most have.
std::string tokens_text(std::int64_t tokens);
std::string write_avg_pool(const IntNode& node, const IntAvgPool& pool,
                           std::vector<SafetensorsEntry>& tensors);

}  // namespace systole
