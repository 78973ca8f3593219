// int_product.h: exact products of rows of x, in segments, and columns of w; shared by int_matmul
// and int_conv2d.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/ops/int_kernel.h"
#include "model/tensor/tensor.h"

namespace systole {

/// A tensor in codes of 1 byte, unsigned and `offset` less than its elements, or of 2, signed.
struct NarrowTensor {
  std::vector<std::byte> bytes;  ///< A vector more than the codes.
  std::int64_t code_bytes = 2;
  std::int32_t offset = 0;
};

/// Where the elements of a tensor go in a larger one of `fill`: runs of `length` elements, the one
/// at x[i * length] to places[i].
struct Placement {
  std::int64_t length = 0;
  std::vector<std::int64_t> places;
  std::int64_t size = 0;  ///< Of the larger one.
  std::int32_t fill = 0;
};

/// x, whose elements fit 16 bits signed; in codes of 1 byte if `may_be_8` and that is exact.
NarrowTensor narrowed(const IntTensor& x, const Placement& placement, const IntLoops& loops,
                      bool may_be_8);

/// Whether the loops can take w in codes of 8 bits.
bool fits_8_bits(const IntTensor& w, const IntLoops& loops);

/// Whether every value fits 16 bits signed.
bool fits_int16(const IntTensor& tensor);

/// Rows that are equally far apart.
struct RowRun {
  std::int64_t x;  ///< Element where the first one is.
  std::int64_t rows;
  std::int64_t out;  ///< Its row of the result.
};

/// Which elements of x make a row: `length` from each of `segments` elements after the row's place.
struct RowShape {
  std::vector<std::int64_t> segments;
  std::int64_t length = 0;
  std::int64_t stride = 0;  ///< Elements from a row's place to the next of its run.
};

/// out[i, j] = sum_k row_i[k] * w[k, first + j] for j < count: rows of `out` are `out_stride`
/// apart, w is [.., n], its leading axes the row's elements. Sums wrap modulo 2^32.
void multiply_runs(const IntLoops& loops, const NarrowTensor& x, const RowShape& shape,
                   const std::vector<RowRun>& runs, const IntTensor& w, std::int64_t first,
                   std::int64_t count, std::int32_t* out, std::int64_t out_stride);

}  // namespace systole
