// max_pool.h: the largest value under each position of a window.
#pragma once

#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// x [n, h, w, c] -> [n, oh, ow, c]. Padding never wins, so every position must see the image
/// (`every_window_sees_image`, which a network's check ensures).
IntTensor max_pool(const IntTensor& x, const Window& window);
FloatTensor max_pool(const FloatTensor& x, const Window& window);

}  // namespace systole
