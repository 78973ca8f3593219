// float_linear.cpp: matrix product in float32, in blocks that do not change the order of sums.
#include "model/ops/float_linear.h"

#include <algorithm>
#include <cstring>

namespace systole {
namespace {

constexpr std::int64_t kRows = 2;      // A block's sums stay in registers
constexpr std::int64_t kColumns = 16;  // and vectorise over columns.
constexpr std::int64_t kLanes = 4;     // As wide as the baseline's registers: wider types spill.
using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;

/// One operand block; strides as in multiply_float.
struct Block {
  const float* x;
  std::int64_t k;
  const float* w;
  std::int64_t w_stride;
};

template <std::int64_t Rows>
void multiply_block(const Block& block, float* sums) {
  constexpr std::int64_t kParts = kColumns / kLanes;
  Lanes local[Rows][kParts] = {};  // As a plain array, g++ 12 keeps it in memory: 5 times slower.
  for (std::int64_t p = 0; p < block.k; ++p) {
    Lanes w[kParts];
    std::memcpy(w, block.w + p * block.w_stride, sizeof w);
    for (std::int64_t i = 0; i < Rows; ++i) {
      const float x = block.x[i * block.k + p];
      for (std::int64_t j = 0; j < kParts; ++j) local[i][j] += x * w[j];
    }
  }
  std::memcpy(sums, local, sizeof local);
}

void multiply_narrow_block(const Block& block, std::int64_t rows, std::int64_t columns,
                           float* sums) {
  for (std::int64_t i = 0; i < rows; ++i) {
    float local[kColumns] =
        {};  // Side by side: one sum alone would wait for each of its additions.
    for (std::int64_t p = 0; p < block.k; ++p) {
      const float x = block.x[i * block.k + p];
      for (std::int64_t j = 0; j < columns; ++j) local[j] += x * block.w[p * block.w_stride + j];
    }
    std::copy_n(local, columns, sums + i * kColumns);
  }
}

}  // namespace

void multiply_float(const float* x, std::int64_t rows, std::int64_t k, const float* w,
                    std::int64_t n, std::int64_t w_stride, const float* bias, float* y,
                    std::int64_t y_stride) {
  float sums[kRows * kColumns];
  for (std::int64_t i = 0; i < rows; i += kRows) {
    const std::int64_t block_rows = std::min(kRows, rows - i);
    for (std::int64_t j = 0; j < n; j += kColumns) {
      const std::int64_t block_columns = std::min(kColumns, n - j);
      const Block block{x + i * k, k, w + j, w_stride};
      if (block_columns < kColumns) {
        multiply_narrow_block(block, block_rows, block_columns, sums);
      } else if (block_rows == kRows) {
        multiply_block<kRows>(block, sums);
      } else {
        multiply_block<1>(block, sums);
      }
      for (std::int64_t r = 0; r < block_rows; ++r) {
        for (std::int64_t c = 0; c < block_columns; ++c) {
          const float sum = sums[r * kColumns + c];
          y[(i + r) * y_stride + j + c] = bias == nullptr ? sum : sum + bias[j + c];
        }
      }
    }
  }
}

FloatTensor float_linear(const FloatTensor& x, const FloatTensor& w, const FloatTensor& bias) {
  assert(w.shape.size() == 2 && w.shape[0] == x.channels());
  assert(bias.shape.empty() || bias.size() == w.shape[1]);
  const std::int64_t n = w.shape[1];
  Shape shape = x.shape;
  shape.back() = n;
  FloatTensor y(shape);
  multiply_float(x.data.data(), x.rows(), w.shape[0], w.data.data(), n, n,
                 bias.data.empty() ? nullptr : bias.data.data(), y.data.data(), n);
  return y;
}

}  // namespace systole
