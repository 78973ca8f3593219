// roll.cpp: finds every row's new place, then turns the row itself.
#include "model/ops/roll.h"

#include <algorithm>

namespace systole {

template <class T>
Tensor<T> roll(const Tensor<T>& x, const std::vector<std::int64_t>& shift) {
  assert(!shift.empty() && shift.size() + 1 == x.shape.size());
  // Of every axis in [0, extent); the batch stays.
  std::vector<std::int64_t> ahead = {0};
  for (std::size_t i = 0; i < shift.size(); ++i) {
    const std::int64_t extent = x.shape[i + 1];
    const std::int64_t rest = extent == 0 ? 0 : shift[i] % extent;
    ahead.push_back(rest < 0 ? rest + extent : rest);
  }

  Tensor<T> y(x.shape);
  const std::int64_t channels = x.channels();
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const Shape index = unravel(row * channels, x.shape);
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < x.shape.size() - 1; ++axis)
      place = place * x.shape[axis] + (index[axis] + ahead[axis]) % x.shape[axis];
    const auto from = x.data.begin() + row * channels;
    std::rotate_copy(from, from + (channels - ahead.back()), from + channels,
                     y.data.begin() + place * channels);
  }
  return y;
}

template IntTensor roll(const IntTensor&, const std::vector<std::int64_t>&);
template FloatTensor roll(const FloatTensor&, const std::vector<std::int64_t>&);

}  // namespace systole
