// class_token.h: learnt tokens in front of every item's own.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// x [n, tokens, c], value [t, c] -> [n, t + tokens, c]: the rows of `value`, then the item's.
FloatTensor class_token(const FloatTensor& x, const FloatTensor& value);

}  // namespace systole
