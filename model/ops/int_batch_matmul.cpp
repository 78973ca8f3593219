// int_batch_matmul.cpp: one int_matmul per matrix of the leading axes.
#include "model/ops/int_batch_matmul.h"

#include <algorithm>
#include <utility>

#include "model/ops/int_matmul.h"

namespace systole {
namespace {

/// The matrices of the last two axes.
struct Matrices {
  const IntTensor& x;
  bool is_transposed;
  std::int32_t zero_point;

  std::int64_t stored_rows() const { return x.shape[x.shape.size() - 2]; }
  std::int64_t stored_columns() const { return x.shape.back(); }
  std::int64_t rows() const { return is_transposed ? stored_columns() : stored_rows(); }
  std::int64_t columns() const { return is_transposed ? stored_rows() : stored_columns(); }
  std::int64_t elements() const { return rows() * columns(); }
};

/// Matrix `index` as [rows, columns], less the zero point.
IntTensor matrix(const Matrices& all, std::int64_t index) {
  IntTensor result({all.rows(), all.columns()});
  const std::int32_t* from = all.x.data.data() + index * all.elements();
  for (std::int64_t i = 0; i < all.rows(); ++i) {
    for (std::int64_t j = 0; j < all.columns(); ++j) {
      const std::int64_t place = all.is_transposed ? j * all.rows() + i : i * all.columns() + j;
      result[i * all.columns() + j] = from[place] - all.zero_point;
    }
  }
  return result;
}

}  // namespace

IntTensor int_batch_matmul(const IntTensor& a, const IntTensor& b, bool transpose_a,
                           bool transpose_b, std::int32_t zero_point_a, std::int32_t zero_point_b) {
  assert(a.shape.size() >= 2 && a.shape.size() == b.shape.size());
  assert(std::equal(a.shape.begin(), a.shape.end() - 2, b.shape.begin()));
  const Matrices left{a, transpose_a, zero_point_a};
  const Matrices right{b, transpose_b, zero_point_b};
  assert(left.columns() == right.rows());

  Shape shape(a.shape.begin(), a.shape.end() - 2);
  const std::int64_t count = element_count(shape);
  shape.insert(shape.end(), {left.rows(), right.columns()});
  IntTensor acc(std::move(shape));
  for (std::int64_t i = 0; i < count; ++i) {
    const IntTensor product = int_matmul(matrix(left, i), matrix(right, i));
    std::copy(product.data.begin(), product.data.end(), acc.data.begin() + i * product.size());
  }
  return acc;
}

}  // namespace systole
