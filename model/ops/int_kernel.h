// int_kernel.h: the inner loops of int_matmul and int_conv2d, on operands narrowed to 16 bits.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Columns of a weight matrix as contiguous 16-bit rows, zero-padded to `stride` = a multiple of 8,
/// so that the inner loop has no remainder.
struct NarrowColumns {
  std::vector<std::int16_t> data;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
};

inline std::int64_t padded_to_vector(std::int64_t k) { return (k + 7) / 8 * 8; }

/// Columns [first, first + count) of w [k, n].
NarrowColumns narrow_columns(const IntTensor& w, std::int64_t first, std::int64_t count);

/// out[i, j] = sum_p x[i, p] * w[p, j] for `rows` rows of x, `w.stride` apart; rows of `out` are
/// `out_stride` apart. Sums wrap modulo 2^32.
void multiply_narrow(const std::int16_t* x, std::int64_t rows, const NarrowColumns& w,
                     std::int32_t* out, std::int64_t out_stride);

/// out[c] = sum_t pixels[t][c] * w[t * channels + c]: one pixel of a depthwise convolution, whose
/// `taps` are `channels` long. Sums wrap modulo 2^32.
void multiply_taps(const std::int16_t* const* pixels, const std::int16_t* w, std::int64_t taps,
                   std::int64_t channels, std::int32_t* out);

/// The low 16 bits of every value.
std::vector<std::int16_t> narrowed(const IntTensor& tensor);

/// Whether every value fits 16 bits signed.
bool fits_int16(const IntTensor& tensor);

}  // namespace systole
