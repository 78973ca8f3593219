// compare.h: element-by-element equality of two tensors, as a value.
#pragma once

#include <cstdint>

#include "model/tensor/any_tensor.h"
#include "model/tensor/tensor.h"

namespace systole {

/// How two tensors differ. Elements that only one side has are counted, never skipped.
struct Comparison {
  std::int64_t compared = 0;    ///< Elements that both sides have.
  std::int64_t mismatched = 0;  ///< Of those, the ones that differ.
  std::int64_t missing = 0;     ///< Expected elements that were not got.
  std::int64_t extra = 0;       ///< Got elements that were not expected.
  bool same_shape = true;

  // The first difference; `first` is -1 when no compared element differs.
  std::int64_t first = -1;  ///< Row-major position.
  double expected = 0;
  double got = 0;

  /// At least one element was compared, and nothing differs, misses or is too much.
  bool matches() const {
    return compared > 0 && mismatched == 0 && missing == 0 && extra == 0 && same_shape;
  }
  bool operator==(const Comparison&) const = default;
};

/// Compares in row-major order. Tensors of one element count but different shapes are compared by
/// position and do not match.
Comparison compare_tensors(const IntTensor& expected, const IntTensor& got);
/// Reals are equal as numbers (0 and -0 are), and NaN equals NaN.
Comparison compare_tensors(const FloatTensor& expected, const FloatTensor& got);
/// Integers against reals: nothing was compared, all elements are missing and extra.
Comparison compare_tensors(const AnyTensor& expected, const AnyTensor& got);

}  // namespace systole
