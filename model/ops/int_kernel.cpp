// int_kernel.cpp: 16-bit products summed in 32 bits, in loops that vectorise.
#include "model/ops/int_kernel.h"

#include <algorithm>

namespace systole {
namespace {

constexpr std::int64_t kVector = 8;
constexpr std::int64_t kColumns = 4;

/// One row of x against four columns: x is loaded once for four products. The compiler turns the
/// loop into pmaddwd, whose integer sums do not depend on their order.
void multiply_four(const std::int16_t* __restrict x, const std::int16_t* __restrict w,
                   std::int64_t stride, std::int32_t* __restrict out) {
  std::int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  for (std::int64_t p = 0; p < stride / kVector * kVector; ++p) {
    sum0 += x[p] * w[p];
    sum1 += x[p] * w[p + stride];
    sum2 += x[p] * w[p + 2 * stride];
    sum3 += x[p] * w[p + 3 * stride];
  }
  out[0] = sum0;
  out[1] = sum1;
  out[2] = sum2;
  out[3] = sum3;
}

std::int32_t multiply_one(const std::int16_t* __restrict x, const std::int16_t* __restrict w,
                          std::int64_t stride) {
  std::int32_t sum = 0;
  for (std::int64_t p = 0; p < stride / kVector * kVector; ++p) sum += x[p] * w[p];
  return sum;
}

}  // namespace

NarrowColumns narrow_columns(const IntTensor& w, std::int64_t first, std::int64_t count) {
  const std::int64_t n = w.channels();
  const std::int64_t k = w.rows();
  NarrowColumns narrow{{}, count, padded_to_vector(k)};
  narrow.data.resize(static_cast<std::size_t>(count * narrow.stride));
  for (std::int64_t p = 0; p < k; ++p) {
    for (std::int64_t j = 0; j < count; ++j) {
      narrow.data[static_cast<std::size_t>(j * narrow.stride + p)] =
          static_cast<std::int16_t>(w[p * n + first + j]);
    }
  }
  return narrow;
}

void multiply_narrow(const std::int16_t* x, std::int64_t rows, const NarrowColumns& w,
                     std::int32_t* out, std::int64_t out_stride) {
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int16_t* row = x + i * w.stride;
    std::int64_t j = 0;
    for (; j + kColumns <= w.columns; j += kColumns) {
      multiply_four(row, w.data.data() + j * w.stride, w.stride, out + i * out_stride + j);
    }
    for (; j < w.columns; ++j) {
      out[i * out_stride + j] = multiply_one(row, w.data.data() + j * w.stride, w.stride);
    }
  }
}

void multiply_taps(const std::int16_t* const* pixels, const std::int16_t* w, std::int64_t taps,
                   std::int64_t channels, std::int32_t* out) {
  constexpr std::int64_t kLanes = 16;  // Whose sums stay in registers.
  std::int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) {
    std::int32_t sums[kLanes] = {};
    for (std::int64_t t = 0; t < taps; ++t) {
      const std::int16_t* x = pixels[t] + c;
      for (std::int64_t j = 0; j < kLanes; ++j) sums[j] += x[j] * w[t * channels + c + j];
    }
    std::copy_n(sums, kLanes, out + c);
  }
  for (; c < channels; ++c) {
    std::int32_t sum = 0;
    for (std::int64_t t = 0; t < taps; ++t) sum += pixels[t][c] * w[t * channels + c];
    out[c] = sum;
  }
}

std::vector<std::int16_t> narrowed(const IntTensor& tensor) {
  std::vector<std::int16_t> narrow(tensor.data.size());
  std::transform(tensor.data.begin(), tensor.data.end(), narrow.begin(),
                 [](std::int32_t value) { return static_cast<std::int16_t>(value); });
  return narrow;
}

bool fits_int16(const IntTensor& tensor) {
  return std::all_of(tensor.data.begin(), tensor.data.end(),
                     [](std::int32_t value) { return value == static_cast<std::int16_t>(value); });
}

}  // namespace systole
