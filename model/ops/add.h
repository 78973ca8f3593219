// add.h: sums of two tensors, quantised or in floats.
#pragma once

#include "model/ops/mul_quant.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Two quantised operands of one shape without a matmul between:
///
///   q = clamp(round_shift(a * s_a + c * s_c + b, f) + zp, lo, hi)
///
/// which is mul_quant of `a` with `c` as the residual operand: s_a is `scale`, s_c is
/// `residual_scale * 2^residual_shift`. Both zero points are folded into the bias.
IntTensor add(const IntTensor& a, const IntTensor& c, const MulQuant& op);

/// Element by element, in float.
FloatTensor add(const FloatTensor& a, const FloatTensor& b);

}  // namespace systole
