// int_mul.h: exact integer products, element by element.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// (a - zero_point_a) * (b - zero_point_b) of two operands of one shape; must fit 32 bits.
IntTensor int_mul(const IntTensor& a, const IntTensor& b, std::int32_t zero_point_a,
                  std::int32_t zero_point_b);

}  // namespace systole
