// operands.h: the tensors of a job as the padded matrices that its beats are cut from.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/schedule/job.h"

namespace systole {

/// One matrix product of a job: the whole op, or as many groups of a grouped convolution as fit
/// into the columns, side by side on the diagonal. A stream has `x` only.
struct Pack {
  std::int64_t k = 0;              ///< Depth; 0 for a stream.
  std::int64_t first_channel = 0;  ///< Of the op's output.
  std::int64_t channels = 0;
  std::int64_t depth = 0;       ///< k (stream: channels) rounded up to whole tiles.
  std::int64_t w_stride = 0;    ///< channels rounded up to whole tiles.
  std::vector<std::int16_t> x;  ///< [depth / tile, m, tile], zero padded: beats lie in their order.
  std::vector<std::int16_t> w;  ///< [depth, w_stride], zero padded.
};

/// Everything a job's beats are made of. `quant` and `residual` point to the caller's objects.
struct Operands {
  std::int64_t m = 0;         ///< Rows of the output's [m x channels] view.
  std::int64_t channels = 0;  ///< Output channels of the op.
  bool stream = false;
  std::vector<Pack> packs;
  const MulQuant* quant = nullptr;      ///< Null: accumulators only.
  const IntTensor* residual = nullptr;  ///< [m x channels], or null.
};

/// Matrices of `job` for inputs `x` (the product's, or the stream) and `residual` (or null).
Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry);

}  // namespace systole
