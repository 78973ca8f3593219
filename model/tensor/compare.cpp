// compare.cpp: element-by-element equality of two integer tensors.
#include "model/tensor/compare.h"

#include <algorithm>

namespace systole {

Comparison compare_tensors(const IntTensor& expected, const IntTensor& got) {
  Comparison result;
  result.same_shape = expected.shape == got.shape;
  result.compared = std::min(expected.size(), got.size());
  result.missing = expected.size() - result.compared;
  result.extra = got.size() - result.compared;
  for (std::int64_t i = 0; i < result.compared; ++i) {
    if (expected[i] == got[i]) continue;
    if (result.mismatched++ == 0) {
      result.first = i;
      result.expected = expected[i];
      result.got = got[i];
    }
  }
  return result;
}

}  // namespace systole
