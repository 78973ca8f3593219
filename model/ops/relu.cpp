// relu.cpp: nothing below zero, or above a maximum.
#include "model/ops/relu.h"

#include <algorithm>

namespace systole {

IntTensor relu(const IntTensor& x, std::int32_t zero_point) {
  IntTensor y = x;
  for (std::int32_t& value : y.data) value = std::max(zero_point, value);
  return y;
}

FloatTensor relu(const FloatTensor& x, float max) {
  FloatTensor y = x;
  for (float& value : y.data) value = value < 0 ? 0 : value > max ? max : value;
  return y;
}

}  // namespace systole
