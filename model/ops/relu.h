// relu.h: nothing below zero.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// max(zero_point, x): the code of the real max(0, x). Fused, it is mul_quant's lower bound.
IntTensor relu(const IntTensor& x, std::int32_t zero_point = 0);

/// max(0, x); a NaN stays.
FloatTensor relu(const FloatTensor& x);

}  // namespace systole
