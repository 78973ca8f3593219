// mul_quant.h: rescales wide accumulators to narrow activations, the reference of rtl/mul_quant.sv.
#pragma once

#include "model/ops/requantise/fixed.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Every element of `acc` [rows x channels]; `residual` has the shape of `acc` or is null (r = 0).
IntTensor mul_quant(const IntTensor& acc, const IntTensor* residual, const MulQuant& op);

}  // namespace systole
