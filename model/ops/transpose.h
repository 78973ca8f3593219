// transpose.h: the same elements with their axes in another order.
#pragma once

#include <cstdint>
#include <span>

#include "model/tensor/tensor.h"

namespace systole {

/// Axis i of the result (axes are counted without the batch) is axis order[i] of x; `order` is a
/// permutation. T is std::int32_t or float.
template <class T>
Tensor<T> transpose(const Tensor<T>& x, std::span<const std::int64_t> order);

}  // namespace systole
