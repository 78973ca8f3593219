// random.h: seeded random tensors and windows for the tests of ops.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "model/ops/window.h"
#include "model/tensor/tensor.h"

namespace systole {

/// A stream of random numbers that is the same with every standard library.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  /// An integer in [lo, hi].
  std::int64_t integer(std::int64_t lo, std::int64_t hi) {
    const auto span = static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo) + 1;
    const std::uint64_t bits = span == 0 ? engine_() : engine_() % span;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(lo) + bits);
  }
  /// A multiple of 2^-20 in [-1, 1].
  float real() { return static_cast<float>(integer(-(1 << 20), 1 << 20)) / (1 << 20); }

  IntTensor ints(const Shape& shape, std::int64_t lo, std::int64_t hi) {
    IntTensor tensor(shape);
    for (std::int32_t& value : tensor.data) value = static_cast<std::int32_t>(integer(lo, hi));
    return tensor;
  }
  /// [lo, hi] of operands: 8 bits, 8 bits from a lower end, 9 bits, 16 bits.
  std::pair<std::int64_t, std::int64_t> range() {
    constexpr std::pair<std::int64_t, std::int64_t> kRanges[] = {
        {0, 255}, {-128, 127}, {-33, 222}, {-256, 255}, {-32768, 32767}};
    return kRanges[integer(0, 4)];
  }
  FloatTensor floats(const Shape& shape) {
    FloatTensor tensor(shape);
    for (float& value : tensor.data) value = real();
    return tensor;
  }
  /// Kernels up to 3x3, strides and dilations up to 2, padding up to 2.
  Window window() {
    Window window;
    for (const int axis : {0, 1}) {
      window.kernel[axis] = integer(1, 3);
      window.stride[axis] = integer(1, 2);
      window.dilation[axis] = integer(1, 2);
    }
    for (std::int64_t& side : window.padding) side = integer(0, 2);
    return window;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace systole
