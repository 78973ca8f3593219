// transpose.cpp: walks the result and steps through x by its strides.
#include "model/ops/transpose.h"

#include <vector>

namespace systole {

template <class T>
Tensor<T> transpose(const Tensor<T>& x, std::span<const std::int64_t> order) {
  const std::size_t rank = x.shape.size();
  assert(order.size() + 1 == rank);
  std::vector<std::int64_t> strides(rank, 1);  // Of x.
  for (std::size_t axis = rank - 1; axis > 0; --axis)
    strides[axis - 1] = strides[axis] * x.shape[axis];

  Shape shape = {x.shape[0]};
  std::vector<std::int64_t> steps = {strides[0]};  // In x, along each axis of the result.
  for (const std::int64_t axis : order) {
    shape.push_back(x.shape[static_cast<std::size_t>(axis) + 1]);
    steps.push_back(strides[static_cast<std::size_t>(axis) + 1]);
  }

  Tensor<T> y(shape);
  const std::int64_t channels = y.channels();
  for (std::int64_t row = 0; row < y.rows(); ++row) {
    const Shape index = unravel(row * channels, shape);
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) place += index[axis] * steps[axis];
    for (std::int64_t c = 0; c < channels; ++c) y[row * channels + c] = x[place + c * steps.back()];
  }
  return y;
}

template IntTensor transpose(const IntTensor&, std::span<const std::int64_t>);
template FloatTensor transpose(const FloatTensor&, std::span<const std::int64_t>);

}  // namespace systole
