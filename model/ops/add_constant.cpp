// add_constant.cpp: finds the constant's element of every place once, then adds it to every item.
#include "model/ops/add_constant.h"

#include <algorithm>

namespace systole {

bool broadcasts_to(const Shape& value, const Shape& operand) {
  return value.size() <= operand.size() &&
         std::equal(
             value.rbegin(), value.rend(), operand.rbegin(),
             [](std::int64_t own, std::int64_t wanted) { return own == 1 || own == wanted; });
}

std::vector<std::int64_t> broadcast_indices(const Shape& value, const Shape& operand) {
  assert(broadcasts_to(value, operand));
  // Axis by axis from the last: the places of all inner axes, once per element of the next one.
  std::vector<std::int64_t> places = {0};
  std::int64_t stride = 1;  // Of `value`.
  for (std::size_t i = 1; i <= operand.size(); ++i) {
    const std::int64_t own = i <= value.size() ? value[value.size() - i] : 1;
    const std::int64_t step = own == 1 ? 0 : stride;
    const std::int64_t wanted = operand[operand.size() - i];
    std::vector<std::int64_t> inner;
    inner.swap(places);
    places.reserve(inner.size() * static_cast<std::size_t>(wanted));
    for (std::int64_t k = 0; k < wanted; ++k)
      for (const std::int64_t place : inner) places.push_back(place + k * step);
    stride *= own;
  }
  return places;
}

FloatTensor add_constant(const FloatTensor& x, const FloatTensor& value) {
  assert(!x.shape.empty());
  const auto places = broadcast_indices(value.shape, {x.shape.begin() + 1, x.shape.end()});
  FloatTensor y(x.shape);
  std::int64_t i = 0;
  for (std::int64_t item = 0; item < x.shape[0]; ++item)
    for (const std::int64_t place : places) {
      y[i] = x[i] + value[place];
      ++i;
    }
  return y;
}

}  // namespace systole
