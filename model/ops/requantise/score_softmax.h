// score_softmax.h: Torch2Chip's way from a sum of products to attention weights, in reals.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// What lies between the two products of an attention: MulShift, additions, softmax, codes. Every
/// step is one operation in float32, or (`is_double`) in float64:
///
///   t = sums * scale; t = t + bias; t = t * 2^-shift
///   t = t + relative_bias; t = t + window_mask        (where they are not empty)
///   t = t + (1 - mask) * -3.4028234663852886e38       (with a mask)
///   p = exp(t - M) / sum exp(t - M), M the row's largest
///   rne(p * factor)
///
/// In float32 the exponential is formed in double of the float32 difference and rounded, the sum
/// formed in double (ascending) and rounded. Torch2Chip: ViT and Swin float64, BERT float32.
struct ScoreSoftmax {
  std::vector<float> scale;        ///< One, or one per position of [q, k], row-major.
  std::vector<float> bias;         ///< Likewise, by itself.
  int shift = 0;                   ///< sfl, in [0, 62].
  bool is_double = false;          ///< float64 steps.
  FloatTensor relative_bias = {};  ///< Empty, or broadcast to [.., q, k] as in add_constant.
  FloatTensor window_mask = {};    ///< Likewise.
  std::int32_t factor = 255;       ///< At least 1.
  bool operator==(const ScoreSoftmax&) const = default;
};

/// sums [n, .., q, k] -> codes in [0, factor]; mask [n, k] of 0 and 1, or null. A row without a
/// share (a NaN in it) becomes 0.
IntTensor score_softmax(const IntTensor& sums, const ScoreSoftmax& op,
                        const IntTensor* mask = nullptr);

}  // namespace systole
