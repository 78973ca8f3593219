// int_matmul.cpp: exact integer matrix product, a row at a time.
#include "model/ops/int_matmul.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

#include "model/ops/int_kernel.h"

namespace systole {
IntTensor int_matmul(const IntTensor& x, const IntTensor& w) {
  const std::int64_t k = x.channels();
  assert(w.shape.size() == 2 && w.shape[0] == k);
  assert(fits_int16(x) && fits_int16(w));

  Shape shape = x.shape;
  shape.back() = w.shape[1];
  IntTensor acc(shape);
  const NarrowColumns columns = narrow_columns(w, 0, w.shape[1]);
  std::vector<std::int16_t> row(static_cast<std::size_t>(columns.stride));
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    std::transform(x.data.begin() + i * k, x.data.begin() + (i + 1) * k, row.begin(),
                   [](std::int32_t value) { return static_cast<std::int16_t>(value); });
    multiply_narrow(row.data(), 1, columns, acc.data.data() + i * columns.columns, 0);
  }
  return acc;
}

std::int64_t int_matmul_bound(const IntTensor& w, const IntRange& x) {
  const std::int64_t largest = std::max(std::abs(x.lo), std::abs(x.hi));
  std::vector<std::int64_t> sums(static_cast<std::size_t>(w.channels()));
  const std::int32_t* weight = w.data.data();
  for (std::int64_t k = 0; k < w.rows(); ++k)
    for (std::int64_t& sum : sums) sum += std::abs(std::int64_t{*weight++});
  const std::int64_t most = sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
  std::int64_t bound = 0;
  const bool is_huge = __builtin_mul_overflow(largest, most, &bound);
  return is_huge ? std::numeric_limits<std::int64_t>::max() : bound;
}

}  // namespace systole
