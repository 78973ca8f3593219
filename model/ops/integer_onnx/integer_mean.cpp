// integer_mean.cpp: sums over some axes, divided and rounded half up.
#include "model/ops/integer_onnx/integer_mean.h"

#include <algorithm>
#include <cstdint>

namespace systole {
namespace {

bool is_reduced(std::size_t axis, const IntegerMean& op) {
  return std::find(op.axes.begin(), op.axes.end(), static_cast<int>(axis) - 1) != op.axes.end();
}

/// What one step along each axis of x is in the result; 0 along the reduced ones.
std::vector<std::int64_t> result_strides(const Shape& x, const IntegerMean& op) {
  std::vector<std::int64_t> strides(x.size());
  std::int64_t stride = 1;
  for (std::size_t axis = x.size(); axis-- > 0;) {
    if (is_reduced(axis, op)) continue;
    strides[axis] = stride;
    stride *= x[axis];
  }
  return strides;
}

/// sum / n rounded half up, without 2 * sum, which may not fit.
std::int64_t mean_of(std::int64_t sum, std::int64_t n) {
  const std::int64_t floor = sum / n - (sum % n < 0 ? 1 : 0);
  return floor + (2 * (sum - floor * n) >= n ? 1 : 0);
}

}  // namespace

Shape integer_mean_shape(const Shape& x, const IntegerMean& op) {
  Shape shape;
  for (std::size_t axis = 0; axis < x.size(); ++axis) {
    if (!is_reduced(axis, op))
      shape.push_back(x[axis]);
    else if (op.keep_axes)
      shape.push_back(1);
  }
  return shape;
}

IntTensor integer_mean(const IntTensor& x, const IntegerMean& op) {
  IntTensor y(integer_mean_shape(x.shape, op));
  const std::vector<std::int64_t> strides = result_strides(x.shape, op);
  std::vector<std::int64_t> sums(y.data.size());
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::int64_t rest = i, place = 0;
    for (std::size_t axis = x.shape.size(); axis-- > 0; rest /= x.shape[axis])
      place += rest % x.shape[axis] * strides[axis];
    sums[static_cast<std::size_t>(place)] += x[i];
  }
  const std::int64_t count = y.data.empty() ? 1 : x.size() / y.size();
  std::transform(sums.begin(), sums.end(), y.data.begin(),
                 [&](std::int64_t sum) { return static_cast<std::int32_t>(mean_of(sum, count)); });
  return y;
}

}  // namespace systole
