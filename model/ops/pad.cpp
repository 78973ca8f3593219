// pad.cpp: copies a tensor's rows into a larger one.
#include "model/ops/pad.h"

#include <algorithm>

namespace systole {

template <class T>
Tensor<T> pad(const Tensor<T>& x, std::span<const std::array<std::int64_t, 2>> amounts,
              std::type_identity_t<T> value) {
  assert(amounts.size() + 1 == x.shape.size());
  Shape shape = x.shape;
  for (std::size_t axis = 0; axis < amounts.size(); ++axis) {
    assert(amounts[axis][0] >= 0 && amounts[axis][1] >= 0);
    shape[axis + 1] += amounts[axis][0] + amounts[axis][1];
  }

  Tensor<T> y(shape, value);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    Shape index = unravel(row * x.channels(), x.shape);
    std::int64_t place = index[0];
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
      place = place * shape[axis] + index[axis] + amounts[axis - 1][0];
    }
    std::copy_n(x.data.begin() + row * x.channels(), x.channels(), y.data.begin() + place);
  }
  return y;
}

template IntTensor pad(const IntTensor&, std::span<const std::array<std::int64_t, 2>>,
                       std::int32_t);
template FloatTensor pad(const FloatTensor&, std::span<const std::array<std::int64_t, 2>>, float);

}  // namespace systole
