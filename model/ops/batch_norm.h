// batch_norm.h: batch normalisation with trained statistics, in float32.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel of x [rows x channels].
/// Computed as x * a + c, where a = gamma / sqrt(variance + epsilon) and c = beta - mean * a are
/// worked out in double and rounded once.
FloatTensor batch_norm(const FloatTensor& x, const FloatTensor& gamma, const FloatTensor& beta,
                       const FloatTensor& mean, const FloatTensor& variance, float epsilon);

}  // namespace systole
