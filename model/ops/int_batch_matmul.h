// int_batch_matmul.h: exact integer products of two activations, matrix by matrix.
#pragma once

#include <cstdint>

#include "model/tensor/tensor.h"

namespace systole {

/// Returns acc[.., m, n] = sum_k (a[.., m, k] - zero_point_a) * (b[.., k, n] - zero_point_b) for
/// every index of the leading axes, which are equal. `transpose_a`: a is stored as [.., k, m];
/// `transpose_b`: b is stored as [.., n, k]. Operands less their zero points fit 16 bits signed,
/// the sum 32.
IntTensor int_batch_matmul(const IntTensor& a, const IntTensor& b, bool transpose_a,
                           bool transpose_b, std::int32_t zero_point_a, std::int32_t zero_point_b);

}  // namespace systole
