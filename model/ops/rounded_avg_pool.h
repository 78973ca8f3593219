// rounded_avg_pool.h: average pools of codes without a rescaling, as TFLite computes them.
#pragma once

#include "model/ops/window.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// clamp(sum / n, ties away from zero) over the n pixels of each window that lie inside the image,
/// zero point included. x [n, h, w, c] -> [n, oh, ow, c]. Every position must see the image.
IntTensor rounded_avg_pool(const IntTensor& x, const Window& window, const IntRange& clamp);

}  // namespace systole
