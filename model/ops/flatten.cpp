// flatten.cpp: one row per batch element.
#include "model/ops/flatten.h"

#include <utility>

namespace systole {
namespace {

template <class T>
Tensor<T> as_rows(Tensor<T> x) {
  assert(!x.shape.empty());
  const Shape rest(x.shape.begin() + 1, x.shape.end());
  x.shape = {x.shape[0], element_count(rest)};
  return x;
}

}  // namespace

IntTensor flatten(IntTensor x) { return as_rows(std::move(x)); }

FloatTensor flatten(FloatTensor x) { return as_rows(std::move(x)); }

}  // namespace systole
