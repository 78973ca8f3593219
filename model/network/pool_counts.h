// pool_counts.h: how many pixels of the image the windows of a pool hold.
#pragma once

#include <set>

#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// The different counts of pixels inside the image [n, h, w, c] over all windows, without padding.
std::set<int> pool_counts(const Window& window, const Shape& image);

}  // namespace systole
