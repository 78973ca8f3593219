// int_product.h: exact products of rows of x, in segments, and columns of w; shared by int_matmul
// and int_conv2d.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "model/ops/int_kernel.h"
#include "model/tensor/tensor.h"

namespace systole {

/// A tensor in codes of 1 byte, unsigned and `offset` less than its elements, or of 2, signed.
struct NarrowTensor {
  std::unique_ptr<std::byte[]> bytes;  ///< A vector more than the codes.
  std::int64_t code_bytes = 2;
  std::int32_t offset = 0;
};

/// Where the elements of a tensor go in a larger one of `fill`: runs of `length` elements, the one
/// at x[i * length] to places[i], which ascend.
struct Placement {
  std::int64_t length = 0;
  std::vector<std::int64_t> places;
  std::int64_t size = 0;  ///< Of the larger one.
  std::int32_t fill = 0;
};

/// x, whose elements fit 16 bits signed; in codes of 1 byte if `may_be_8` and that is exact.
NarrowTensor narrowed(const IntTensor& x, const Placement& placement, const IntLoops& loops,
                      bool may_be_8);

/// Whether every value fits 16 bits signed.
bool fits_int16(const IntTensor& tensor);

/// offset * sum_k w[k, j] for every column of w [.., n]: what the offset of x left out of the sums.
std::vector<std::int32_t> offset_sums(const IntTensor& w, std::int32_t offset);

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

/// Columns of w, side by side where they are multiplied together.
struct PackedPanel {
  std::int64_t first, columns, padded;
  std::int64_t words;  ///< Where its words are.
};
struct PackedWeights {
  std::int64_t code_bytes = 2;
  std::vector<std::vector<PackedPanel>> groups;
  std::unique_ptr<std::uint32_t[]> words;
};

/// w [.., n], its leading axes a row's elements, in `groups` of columns; in codes of 1 byte if
/// `may_be_8` and that is exact.
PackedWeights packed(const IntTensor& w, const RowShape& shape, std::int64_t groups,
                     const IntLoops& loops, bool may_be_8);

/// out[i, j] = start[j] + sum_k row_i[k] * w[k, j] for the columns j of a group; rows of `out` are
/// `out_stride` apart. x and w have codes of the same width. Sums wrap modulo 2^32.
void multiply_runs(const IntLoops& loops, const NarrowTensor& x, const RowShape& shape,
                   const std::vector<RowRun>& runs, const PackedWeights& w, std::size_t group,
                   const std::vector<std::int32_t>& start, std::int32_t* out,
                   std::int64_t out_stride);

}  // namespace systole
