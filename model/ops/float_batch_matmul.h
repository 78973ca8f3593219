// float_batch_matmul.h: products of two activations in float32, matrix by matrix.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// Returns y[.., m, n] = sum_k a[.., m, k] * b[.., k, n] for every index of the leading axes, which
/// are equal. `transpose_a`: a is stored as [.., k, m]; `transpose_b`: b is stored as [.., n, k].
/// Sums as in float_linear: from 0 over ascending k, one rounding per product and per sum.
FloatTensor float_batch_matmul(const FloatTensor& a, const FloatTensor& b, bool transpose_a,
                               bool transpose_b);

}  // namespace systole
