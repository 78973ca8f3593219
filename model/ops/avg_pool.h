// avg_pool.h: average pools whose number of averaged pixels may vary over the map.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "model/ops/mul_quant.h"
#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// How many pixels each output position [oh, ow] averages over an image [h, w]: the whole window
/// when padding counts, else the taps inside the image.
Tensor<int> pixel_counts(const Window& window, std::int64_t h, std::int64_t w,
                         bool count_include_pad);

/// Returns mul_quant of the window's sums of (x - zero_point), with the constants that
/// `quant_by_count` holds for the position's number of pixels (s_real = scale_x / (n * scale_y)).
/// x [n, h, w, c] -> [n, oh, ow, c]. Every count that occurs must be in the map.
IntTensor avg_pool(const IntTensor& x, const Window& window, std::int32_t zero_point,
                   bool count_include_pad, const std::map<int, MulQuant>& quant_by_count);

}  // namespace systole
