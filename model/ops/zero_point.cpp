// zero_point.cpp: codes less their zero point.
#include "model/ops/zero_point.h"

#include <algorithm>

namespace systole {

IntTensor subtract_zero_point(const IntTensor& x, std::int32_t zero_point) {
  IntTensor difference(x.shape);
  std::transform(x.data.begin(), x.data.end(), difference.data.begin(),
                 [=](std::int32_t code) { return code - zero_point; });
  return difference;
}

}  // namespace systole
