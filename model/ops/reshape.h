// reshape.h: the same elements under another shape.
#pragma once

#include <utility>

#include "model/tensor/tensor.h"

namespace systole {

/// [n, ...] -> [n, shape_without_batch...]; the order of elements stays. Both have as many.
template <class T>
Tensor<T> reshape(Tensor<T> x, const Shape& shape_without_batch) {
  assert(!x.shape.empty());
  Shape shape = {x.shape[0]};
  shape.insert(shape.end(), shape_without_batch.begin(), shape_without_batch.end());
  assert(element_count(shape) == x.size());
  return Tensor<T>(std::move(shape), std::move(x.data));
}

}  // namespace systole
