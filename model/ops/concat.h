// concat.h: joins tensors along their channels.
#pragma once

#include <span>

#include "model/tensor/tensor.h"

namespace systole {

/// [..., c0], [..., c1], ... -> [..., c0 + c1 + ...]; all other extents are equal. Integers must
/// already have one scale and zero point: a mul_quant before brings them there.
IntTensor concat(std::span<const IntTensor* const> parts);
FloatTensor concat(std::span<const FloatTensor* const> parts);

}  // namespace systole
