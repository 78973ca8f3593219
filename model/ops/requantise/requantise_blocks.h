// requantise_blocks.h: sums of blocks, each with a scale of its own, to codes.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// clamp(zero_point + rne(sum_b acc[b * n + o] * factors[b * n + o] + offset[o])) in double, b in
/// ascending order: weights whose scale belongs to a block of input channels (AIMET's blockwise
/// quantisation), factor = s_x * s_w[o][b] / s_y and offset = bias / s_y.
struct RequantiseBlocks {
  std::int64_t blocks = 1;
  std::vector<double> factors;  ///< blocks * n.
  std::vector<double> offsets;  ///< n, one for all, or none.
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const RequantiseBlocks&) const = default;
};

/// x [.., blocks * n] -> [.., n].
IntTensor requantise_blocks(const IntTensor& x, const RequantiseBlocks& op);

}  // namespace systole
