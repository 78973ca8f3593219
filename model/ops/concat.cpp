// concat.cpp: joins tensors along their channels.
#include "model/ops/concat.h"

#include <algorithm>

namespace systole {
namespace {

template <class T>
Tensor<T> join(std::span<const Tensor<T>* const> parts) {
  assert(!parts.empty());
  Shape shape = parts[0]->shape;
  shape.back() = 0;
  for (const Tensor<T>* part : parts) {
    assert(part->shape.size() == shape.size());
    assert(std::equal(shape.begin(), shape.end() - 1, part->shape.begin()));
    shape.back() += part->channels();
  }

  Tensor<T> joined(shape);
  std::int64_t first = 0;
  for (const Tensor<T>* part : parts) {
    const std::int64_t count = part->channels();
    for (std::int64_t i = 0; i < part->size(); ++i) {
      joined[i / count * shape.back() + first + i % count] = (*part)[i];
    }
    first += count;
  }
  return joined;
}

}  // namespace

IntTensor concat(std::span<const IntTensor* const> parts) { return join(parts); }

FloatTensor concat(std::span<const FloatTensor* const> parts) { return join(parts); }

}  // namespace systole
