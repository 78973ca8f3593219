// float_pool.h: average pools in float32.
#pragma once

#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Averages under each position of the window: x [n, h, w, c] -> [n, oh, ow, c]. The divisor is the
/// window's size when `count_include_pad`, else the number of taps inside the image (at least one:
/// `every_window_sees_image`). Sums run over kernel rows, then columns.
FloatTensor float_avg_pool(const FloatTensor& x, const Window& window, bool count_include_pad);

/// Averages over the whole image: x [n, h, w, c] -> [n, 1, 1, c].
FloatTensor float_global_avg_pool(const FloatTensor& x);

}  // namespace systole
