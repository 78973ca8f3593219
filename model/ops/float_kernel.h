// float_kernel.h: the loops of float_linear and float_conv2d, once per width of vectors.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace systole {

/// y[i, j] = (sum_p x[i, p] * w[p, j]) + bias[j], rows of x `k` apart, sums from 0 over ascending
/// p.
struct FloatProduct {
  const float* x;
  std::int64_t rows, k;
  const float* w;
  std::int64_t n, w_stride;
  const float* bias;  ///< Or null.
  float* y;
  std::int64_t y_stride;
};

/// Columns side by side in vectors: each still has one sum, one rounding per product and per sum,
/// so the width changes no bit.
struct FloatKernel {
  std::string_view name;  ///< "plain", "avx2", "avx512".
  void (*multiply)(const FloatProduct&);
};

/// Those that this processor can run, slowest first; "plain" always.
std::vector<FloatKernel> available_float_kernels();

}  // namespace systole
