// float_linear.h: matrix product in float32 with one fixed order of sums.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// Returns y[m, n] = (sum_k x[m, k] * w[k, n]) + bias[n]. x: [..., k], w: [k, n], bias: [n] or
/// empty. Every sum starts at 0 and runs over ascending k, one rounding per product and per sum:
/// the same bits on every machine.
FloatTensor float_linear(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias);

/// The same on raw rows: `rows` rows of x, k apart; rows of y are `y_stride` apart, columns
/// [0, n) of w are used, whose rows are `w_stride` apart. `bias` may be null.
void multiply_float(const float* x, std::int64_t rows, std::int64_t k, const float* w,
                    std::int64_t n, std::int64_t w_stride, const float* bias, float* y,
                    std::int64_t y_stride);

}  // namespace systole
