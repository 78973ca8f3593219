// mask_scores.cpp: one addition per score, the same for all queries of an item.
#include "model/ops/mask_scores.h"

#include <algorithm>

namespace systole {

FloatTensor mask_scores(const FloatTensor& scores, const FloatTensor& mask, float value) {
  const std::int64_t keys = scores.channels();
  assert((mask.shape == Shape{scores.shape[0], keys}));
  FloatTensor added(mask.shape);
  for (std::int64_t i = 0; i < mask.size(); ++i) {
    const float left_out = 1 - mask[i];
    added[i] = left_out * value;
  }

  FloatTensor y(scores.shape);
  const std::int64_t rows = scores.rows() / std::max<std::int64_t>(scores.shape[0], 1);
  for (std::int64_t row = 0; row < scores.rows(); ++row)
    for (std::int64_t k = 0; k < keys; ++k)
      y[row * keys + k] = scores[row * keys + k] + added[row / rows * keys + k];
  return y;
}

}  // namespace systole
