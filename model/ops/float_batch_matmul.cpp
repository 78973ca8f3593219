// float_batch_matmul.cpp: one product of float_linear's loops per matrix of the leading axes.
#include "model/ops/float_batch_matmul.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/ops/float_linear.h"

namespace systole {
namespace {

/// The matrices of the last two axes of an operand, each as [rows, columns].
class FloatMatrices {
 public:
  FloatMatrices(const FloatTensor& x, bool is_transposed)
      : x_(x), rows_(x.shape[x.shape.size() - 2]), columns_(x.shape.back()) {
    if (!is_transposed) return;
    std::swap(rows_, columns_);
    swapped_.resize(static_cast<std::size_t>(rows_ * columns_));
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }

  /// Valid until the next call.
  const float* matrix(std::int64_t index) {
    const float* stored = x_.data.data() + index * rows_ * columns_;
    if (swapped_.empty()) return stored;
    float* to = swapped_.data();
    for (std::int64_t i = 0; i < rows_; ++i)
      for (std::int64_t j = 0; j < columns_; ++j) *to++ = stored[j * rows_ + i];
    return swapped_.data();
  }

 private:
  const FloatTensor& x_;
  std::int64_t rows_, columns_;
  std::vector<float> swapped_;  ///< Empty where matrices are used as they are stored.
};

}  // namespace

FloatTensor float_batch_matmul(const FloatTensor& a, const FloatTensor& b, bool transpose_a,
                               bool transpose_b) {
  assert(a.shape.size() >= 2 && a.shape.size() == b.shape.size());
  assert(std::equal(a.shape.begin(), a.shape.end() - 2, b.shape.begin()));
  FloatMatrices left(a, transpose_a);
  FloatMatrices right(b, transpose_b);
  assert(left.columns() == right.rows());

  Shape shape(a.shape.begin(), a.shape.end() - 2);
  const std::int64_t count = element_count(shape);
  const std::int64_t n = right.columns();
  shape.insert(shape.end(), {left.rows(), n});
  FloatTensor y(std::move(shape));
  for (std::int64_t i = 0; i < count; ++i)
    multiply_float(left.matrix(i), left.rows(), left.columns(), right.matrix(i), n, n, nullptr,
                   y.data.data() + i * left.rows() * n, n);
  return y;
}

}  // namespace systole
