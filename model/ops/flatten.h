// flatten.h: one row per batch element.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// [n, ...] -> [n, product of the rest]; the order of elements stays.
IntTensor flatten(IntTensor x);
FloatTensor flatten(FloatTensor x);

}  // namespace systole
