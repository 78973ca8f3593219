// tensor.h: typed row-major tensors as plain values.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

namespace systole {

using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for a scalar.
std::int64_t element_count(const Shape& shape);

/// "[4, 8, 8, 1]".
std::string to_string(const Shape& shape);

/// Multi-index of the row-major position `flat` in `shape`.
Shape unravel(std::int64_t flat, const Shape& shape);

/// A dense row-major tensor. Activations are NHWC, convolution weights HWIO, linear weights [in,
/// out].
template <class T>
struct Tensor {
  Shape shape;
  std::vector<T> data;

  Tensor() = default;
  explicit Tensor(Shape s, T fill = T{})
      : shape(std::move(s)), data(static_cast<std::size_t>(element_count(shape)), fill) {}
  Tensor(Shape s, std::vector<T> d) : shape(std::move(s)), data(std::move(d)) {
    assert(static_cast<std::int64_t>(data.size()) == element_count(shape));
  }

  std::int64_t size() const { return static_cast<std::int64_t>(data.size()); }
  T& operator[](std::int64_t i) { return data[static_cast<std::size_t>(i)]; }
  const T& operator[](std::int64_t i) const { return data[static_cast<std::size_t>(i)]; }

  /// The innermost extent: channels of NHWC, columns of a matrix. 1 for a scalar.
  std::int64_t channels() const { return shape.empty() ? 1 : shape.back(); }
  /// Elements per channel: rows of the [rows x channels] view. 0 when empty.
  std::int64_t rows() const { return channels() == 0 ? 0 : size() / channels(); }

  bool operator==(const Tensor&) const = default;
};

using IntTensor = Tensor<std::int32_t>;
using FloatTensor = Tensor<float>;

}  // namespace systole
