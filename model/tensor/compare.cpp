// compare.cpp: element-by-element equality of two tensors.
#include "model/tensor/compare.h"

#include <algorithm>
#include <cmath>

namespace systole {

namespace {

bool equal(std::int32_t a, std::int32_t b) { return a == b; }
bool equal(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

template <class T>
Comparison compare(const Tensor<T>& expected, const Tensor<T>& got) {
  Comparison result;
  result.same_shape = expected.shape == got.shape;
  result.compared = std::min(expected.size(), got.size());
  result.missing = expected.size() - result.compared;
  result.extra = got.size() - result.compared;
  for (std::int64_t i = 0; i < result.compared; ++i) {
    if (equal(expected[i], got[i])) continue;
    if (result.mismatched++ == 0) {
      result.first = i;
      result.expected = expected[i];
      result.got = got[i];
    }
  }
  return result;
}

}  // namespace

Comparison compare_tensors(const IntTensor& expected, const IntTensor& got) {
  return compare(expected, got);
}

Comparison compare_tensors(const FloatTensor& expected, const FloatTensor& got) {
  return compare(expected, got);
}

Comparison compare_tensors(const AnyTensor& expected, const AnyTensor& got) {
  if (is_real(expected) != is_real(got))
    return {.missing = element_count(shape_of(expected)),
            .extra = element_count(shape_of(got)),
            .same_shape = false};
  if (is_real(expected)) return compare(reals(expected), reals(got));
  return compare(integers(expected), integers(got));
}

}  // namespace systole
