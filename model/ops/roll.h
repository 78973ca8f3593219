// roll.h: elements moved around their axes' ends.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Along every axis (counted without the batch), element i goes to (i + shift[axis]) mod extent;
/// any sign. The same as numpy.roll and torch.roll. T is std::int32_t or float.
template <class T>
Tensor<T> roll(const Tensor<T>& x, const std::vector<std::int64_t>& shift);

}  // namespace systole
