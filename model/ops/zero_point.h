// zero_point.h: codes less their zero point.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// x - zero_point, element by element; must fit 32 bits.
IntTensor subtract_zero_point(const IntTensor& x, std::int32_t zero_point);

}  // namespace systole
