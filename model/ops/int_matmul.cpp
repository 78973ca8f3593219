// int_matmul.cpp: exact integer matrix product, all rows at once.
#include "model/ops/int_matmul.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <vector>

#include "model/ops/int_product.h"

namespace systole {

IntTensor int_matmul(const IntTensor& x, const IntTensor& w, IntKernel kernel) {
  const std::int64_t k = x.channels();
  assert(w.shape.size() == 2 && w.shape[0] == k);
  assert(fits_int16(x) && fits_int16(w));

  Shape shape = x.shape;
  shape.back() = w.shape[1];
  IntTensor acc(shape);
  const IntLoops& loops = loops_of(kernel);
  const Placement everything{.length = x.size(), .places = {0}, .size = x.size()};
  const RowShape rows{.segments = {0}, .length = k, .stride = k};
  NarrowTensor codes = narrowed(x, everything, loops, loops.multiply8 != nullptr);
  const PackedWeights weights = packed(w, rows, 1, loops, codes.code_bytes == 1);
  if (codes.code_bytes != weights.code_bytes) codes = narrowed(x, everything, loops, false);
  multiply_runs(loops, codes, rows, {{0, x.rows(), 0}}, weights, 0, offset_sums(w, codes.offset),
                acc.data.data(), w.shape[1]);
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
