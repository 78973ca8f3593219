// mask_scores.h: takes padded keys out of attention scores.
#pragma once

#include "model/tensor/tensor.h"

namespace systole {

/// scores + f32(f32(1 - mask) * value), each step one float32 operation. scores [n, .., q, k],
/// mask [n, k]: 1 keeps a key, 0 adds `value`.
FloatTensor mask_scores(const FloatTensor& scores, const FloatTensor& mask, float value);

}  // namespace systole
