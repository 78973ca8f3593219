// scale.h: a tensor times one real.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// x * factor, one rounding to float32.
FloatTensor scale(const FloatTensor& x, float factor);

}  // namespace systole
