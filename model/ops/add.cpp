// add.cpp: sums of two tensors.
#include "model/ops/add.h"

namespace systole {

IntTensor add(const IntTensor& a, const IntTensor& c, const MulQuant& op) {
  return mul_quant(a, &c, op);
}

FloatTensor add(const FloatTensor& a, const FloatTensor& b) {
  assert(a.shape == b.shape);
  FloatTensor sum(a.shape);
  for (std::int64_t i = 0; i < a.size(); ++i) sum[i] = a[i] + b[i];
  return sum;
}

}  // namespace systole
