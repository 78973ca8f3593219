// slice.h: some elements along every axis.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Elements start, start + step, ... of an axis, `count` of them.
struct AxisSlice {
  std::int64_t start = 0;  ///< At least 0.
  std::int64_t count = 1;  ///< At least 1; start + (count - 1) * step lies inside the axis.
  std::int64_t step = 1;   ///< At least 1.
  bool operator==(const AxisSlice&) const = default;
};

/// One slice per axis of x without the batch. T is std::int32_t or float.
template <class T>
Tensor<T> slice(const Tensor<T>& x, const std::vector<AxisSlice>& axes);

}  // namespace systole
