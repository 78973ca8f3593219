// layer_norm.h: layer normalisation over the channels.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// gamma * (x - mean) / sqrt(variance + epsilon) + beta, mean and (biased) variance of the channels
/// of one row; sums in double, in order, rounded once to float32. x [.., channels], gamma and beta
/// [channels]; variance + epsilon > 0, else the row is beta.
FloatTensor layer_norm(const FloatTensor& x, const FloatTensor& gamma, const FloatTensor& beta,
                       float epsilon);

}  // namespace systole
