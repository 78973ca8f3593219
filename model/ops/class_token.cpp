// class_token.cpp: copies the learnt rows, then the item's.
#include "model/ops/class_token.h"

#include <algorithm>

namespace systole {

FloatTensor class_token(const FloatTensor& x, const FloatTensor& value) {
  assert(x.shape.size() == 3 && value.shape.size() == 2 && x.channels() == value.channels());
  FloatTensor y({x.shape[0], value.shape[0] + x.shape[1], x.shape[2]});
  const std::int64_t own = x.shape[1] * x.shape[2];  // Elements of an item.
  auto to = y.data.begin();
  for (auto from = x.data.begin(); to != y.data.end(); from += own) {
    to = std::copy(value.data.begin(), value.data.end(), to);
    to = std::copy(from, from + own, to);
  }
  return y;
}

}  // namespace systole
