// softmax.h: shares of a row of reals.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// exp(x_j - M) / sum_j exp(x_j - M) over the channels, M the row's largest: in double with
/// `portable_exp`, sums in ascending order, rounded once to float32. x [.., channels]. A NaN or
/// +infinity in a row, or nothing but -infinity, makes the whole row NaN.
FloatTensor softmax(const FloatTensor& x);

}  // namespace systole
