// int_matmul.h: exact integer matrix product, the reference of rtl/int_matmul.sv.
#pragma once

#include "model/ops/int_kernel.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Returns acc[m, n] = sum_k x[m, k] * w[k, n]. x: [..., k], w: [k, n], result: [..., n].
/// Operands are at most 9 bits signed or 8 bits unsigned; the sum fits 32 bits when
/// `int_matmul_bound` says so, which a network's check ensures. Every kernel gives the same.
IntTensor int_matmul(const IntTensor& x, const IntTensor& w,
                     IntKernel kernel = fastest_int_kernel());

/// The static overflow bound: max_n sum_k max|x| * |w[k, n]| over the columns of `w` [k, n].
std::int64_t int_matmul_bound(const IntTensor& w, const IntRange& x);

}  // namespace systole
