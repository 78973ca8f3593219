// pad.h: a tensor inside a larger one that is filled with one value.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include "model/tensor/tensor.h"

namespace systole {

/// Puts amounts[axis][0] elements `value` before and amounts[axis][1] after every row along
/// `axis`; axes are counted without the batch, so there is one pair less than x has axes.
/// Amounts are at least 0. T is std::int32_t or float.
template <class T>
Tensor<T> pad(const Tensor<T>& x, std::span<const std::array<std::int64_t, 2>> amounts,
              std::type_identity_t<T> value);

}  // namespace systole
