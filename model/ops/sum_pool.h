// sum_pool.h: sums under each position of a window, the first half of an average pool.
#pragma once

#include <cstdint>

#include "model/ops/window.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// Returns the sums of (x - zero_point) over the window: x [n, h, w, c] -> [n, oh, ow, c].
/// Padding stands for x = zero_point and adds nothing. On the array: unit weights.
IntTensor sum_pool(const IntTensor& x, const Window& window, std::int32_t zero_point);

/// The static bound of |sum|: taps * max|x - zero_point|. Sums fit 32 bits when it does.
std::int64_t sum_pool_bound(const Window& window, const IntRange& x, std::int32_t zero_point);

}  // namespace systole
