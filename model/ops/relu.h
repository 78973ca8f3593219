// relu.h: nothing below zero, or above a maximum.
#pragma once

#include <cstdint>
#include <limits>

#include "model/tensor/tensor.h"

namespace systole {

/// max(zero_point, x): the code of the real max(0, x). Fused, it is mul_quant's lower bound.
IntTensor relu(const IntTensor& x, std::int32_t zero_point = 0);

/// min(max(0, x), max), max > 0; a NaN stays.
FloatTensor relu(const FloatTensor& x, float max = std::numeric_limits<float>::infinity());

}  // namespace systole
