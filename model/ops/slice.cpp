// slice.cpp: copies the wanted elements row by row.
#include "model/ops/slice.h"

namespace systole {

template <class T>
Tensor<T> slice(const Tensor<T>& x, const std::vector<AxisSlice>& axes) {
  assert(!axes.empty() && axes.size() + 1 == x.shape.size());
  Shape shape = {x.shape[0]};
  for (const AxisSlice& axis : axes) shape.push_back(axis.count);

  Tensor<T> y(shape);
  const std::int64_t channels = y.channels();
  for (std::int64_t row = 0; row < y.rows(); ++row) {
    const Shape index = unravel(row * channels, shape);
    std::int64_t place = index[0];
    for (std::size_t i = 0; i < axes.size(); ++i)
      place = place * x.shape[i + 1] + axes[i].start + index[i + 1] * axes[i].step;
    for (std::int64_t c = 0; c < channels; ++c)
      y[row * channels + c] = x[place + c * axes.back().step];
  }
  return y;
}

template IntTensor slice(const IntTensor&, const std::vector<AxisSlice>&);
template FloatTensor slice(const FloatTensor&, const std::vector<AxisSlice>&);

}  // namespace systole
