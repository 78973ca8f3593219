// float_linear.cpp: matrix product in float32, by the widest loops, which do not change its sums.
#include "model/ops/float_linear.h"

#include "model/ops/float_kernel.h"

namespace systole {

void multiply_float(const float* x, std::int64_t rows, std::int64_t k, const float* w,
                    std::int64_t n, std::int64_t w_stride, const float* bias, float* y,
                    std::int64_t y_stride) {
  static const FloatKernel kernel = available_float_kernels().back();
  kernel.multiply({x, rows, k, w, n, w_stride, bias, y, y_stride});
}

FloatTensor float_linear(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias) {
  assert(w.shape.size() == 2 && w.shape[0] == x.channels());
  assert(bias.shape.empty() || bias.size() == w.shape[1]);
  const std::int64_t n = w.shape[1];
  Shape shape = x.shape;
  shape.back() = n;
  FloatTensor y(shape);
  multiply_float(x.data.data(), x.rows(), w.shape[0], w.data.data(), n, n,
                 bias.data.empty() ? nullptr : bias.data.data(), y.data.data(), n);
  return y;
}

}  // namespace systole
