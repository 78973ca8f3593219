// constant.cpp: one copy per item.
#include "model/ops/constant.h"

#include <algorithm>

namespace systole {

IntTensor constant(std::int64_t batch, const IntTensor& value) {
  Shape shape = {batch};
  shape.insert(shape.end(), value.shape.begin(), value.shape.end());
  IntTensor y(shape);
  auto to = y.data.begin();
  for (std::int64_t item = 0; item < batch; ++item)
    to = std::copy(value.data.begin(), value.data.end(), to);
  return y;
}

}  // namespace systole
