// float_kernel_loops.h: the loops of float_kernel.h over vectors of one width.
//
// Included by one file per width, which is compiled for it: as in int_kernel_loops.h, nothing here
// may leave that file. Arrays of vectors stay in registers where all loops over them are unrolled.
#pragma once

#include <cstdint>

#include "model/ops/float_kernel.h"

namespace systole {

// V: kLanes floats in a Register; a block of kRows rows and kVectors vectors of sums.

template <class V, int Rows, int Vectors>
void multiply_float_block(const FloatProduct& p, std::int64_t row, std::int64_t column) {
  using Register = typename V::Register;
  const float* x = p.x + row * p.k;
  const float* w = p.w + column;
  Register sums[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Vectors; ++j) sums[i][j] = Register{};
  for (std::int64_t k = 0; k < p.k; ++k, w += p.w_stride) {
    Register part[Vectors];
#pragma GCC unroll 4
    for (int j = 0; j < Vectors; ++j)
      __builtin_memcpy(&part[j], w + j * V::kLanes, sizeof(Register));
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const float value = x[i * p.k + k];
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; ++j) sums[i][j] += value * part[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < Vectors; ++j) {
      Register sum = sums[i][j];
      if (p.bias != nullptr) {
        Register bias;
        __builtin_memcpy(&bias, p.bias + column + j * V::kLanes, sizeof bias);
        sum += bias;
      }
      __builtin_memcpy(p.y + (row + i) * p.y_stride + column + j * V::kLanes, &sum, sizeof sum);
    }
}

/// All rows that whole blocks of `Rows` cover, then the rest in halves.
template <class V, int Rows, int Vectors>
void multiply_float_rows(const FloatProduct& p, std::int64_t row, std::int64_t column) {
  for (; row + Rows <= p.rows; row += Rows) multiply_float_block<V, Rows, Vectors>(p, row, column);
  if constexpr (Rows > 1) multiply_float_rows<V, Rows / 2, Vectors>(p, row, column);
}

/// Columns [first, n), less than a vector: sums side by side, as one alone would wait for each of
/// its additions.
template <class V>
void multiply_float_rest(const FloatProduct& p, std::int64_t first) {
  const std::int64_t columns = p.n - first;
  for (std::int64_t i = 0; i < p.rows; ++i) {
    float sums[V::kLanes] = {};
    for (std::int64_t k = 0; k < p.k; ++k)
      for (std::int64_t j = 0; j < columns; ++j)
        sums[j] += p.x[i * p.k + k] * p.w[k * p.w_stride + first + j];
    for (std::int64_t j = 0; j < columns; ++j)
      p.y[i * p.y_stride + first + j] = p.bias == nullptr ? sums[j] : sums[j] + p.bias[first + j];
  }
}

template <class V>
void multiply_float_columns(const FloatProduct& p) {
  constexpr std::int64_t kBlock = V::kVectors * V::kLanes;
  std::int64_t column = 0;
  for (; column + kBlock <= p.n; column += kBlock)
    multiply_float_rows<V, V::kRows, V::kVectors>(p, 0, column);
  for (; column + V::kLanes <= p.n; column += V::kLanes) multiply_float_rows<V, 8, 1>(p, 0, column);
  if (column < p.n) multiply_float_rest<V>(p, column);
}

// One per file.
void multiply_float_plain(const FloatProduct& p);
void multiply_float_avx2(const FloatProduct& p);
void multiply_float_avx512(const FloatProduct& p);

}  // namespace systole
