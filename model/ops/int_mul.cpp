// int_mul.cpp: exact integer products, element by element.
#include "model/ops/int_mul.h"

#include <algorithm>

namespace systole {

IntTensor int_mul(const IntTensor& a, const IntTensor& b, std::int32_t zero_point_a,
                  std::int32_t zero_point_b) {
  assert(a.shape == b.shape);
  IntTensor product(a.shape);
  std::transform(
      a.data.begin(), a.data.end(), b.data.begin(), product.data.begin(),
      [=](std::int32_t x, std::int32_t y) { return (x - zero_point_a) * (y - zero_point_b); });
  return product;
}

}  // namespace systole
