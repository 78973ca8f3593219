// tanh.h: hyperbolic tangent.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// tanh of every element in double (`portable_tanh`), rounded once to float32.
FloatTensor tanh_of(const FloatTensor& x);

}  // namespace systole
