// operands.h: the tensors of a job's region as the padded matrices that its beats are cut from.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/schedule/layout.h"

namespace systole {

/// The matrices of one pack.
struct PackData {
  /// [depth / tile width, rows, tile width], zero padded: beats lie in their order. Of a
  /// stream: [taps, depth / tile width, rows, tile width]. Output stationary: columns instead of
  /// rows, [rows / tile width rounded up, depth, tile width].
  std::vector<std::int16_t> x;
  std::vector<std::int16_t> w;  ///< [depth, w_stride], zero padded; empty for a stream.
};

/// Everything a region's beats are made of.
struct Operands {
  Layout layout;
  std::vector<PackData> packs;          ///< As in `layout`.
  const IntTensor* residual = nullptr;  ///< The caller's: [m x channels] of the whole op, or null.
};

/// Matrices of `region` of the job for its whole inputs `x` (the product's, or the stream) and
/// `residual` (or null), which is kept.
Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry, const Region& region);
/// Of the whole output.
Operands make_operands(const Job& job, const IntTensor& x, const IntTensor* residual,
                       const Geometry& geometry);

}  // namespace systole
