// elements.cpp: converts elements of files, checking every value.
#include "model/tensor/elements.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace systole {
namespace {

static_assert(std::endian::native == std::endian::little, "files are read in place");

InputError bad_dtype(const Elements& elements, const char* expected) {
  return InputError({.where = elements.where,
                     .key = elements.name,
                     .got = fmt::format("dtype {}", dtype_name(elements.dtype)),
                     .expected = expected});
}

/// Converts elements of type `From` one by one; `convert(From)` gives a `To`.
template <class From, class To, class Convert>
Tensor<To> convert_all(const Elements& elements, Convert convert) {
  Tensor<To> tensor(elements.shape);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    From value;
    std::memcpy(&value, elements.bytes.data() + i * static_cast<std::int64_t>(sizeof(From)),
                sizeof(From));
    tensor[i] = convert(value, i);
  }
  return tensor;
}

template <class From, class To>
Tensor<To> integers_from(const Elements& elements) {
  return convert_all<From, To>(elements, [&](From value, std::int64_t i) {
    if (!std::in_range<To>(value)) {
      throw InputError(
          {.where = elements.where,
           .key = elements.name,
           .got = fmt::format("{} at {}", value, to_string(unravel(i, elements.shape))),
           .expected = fmt::format("an integer in [{}, {}]", std::numeric_limits<To>::min(),
                                   std::numeric_limits<To>::max())});
    }
    return static_cast<To>(value);
  });
}

template <class To>
Tensor<To> to_integers(const Elements& elements) {
  switch (elements.dtype) {
    case Dtype::kBool:
    case Dtype::kU8:
      return integers_from<std::uint8_t, To>(elements);
    case Dtype::kI8:
      return integers_from<std::int8_t, To>(elements);
    case Dtype::kU16:
      return integers_from<std::uint16_t, To>(elements);
    case Dtype::kI16:
      return integers_from<std::int16_t, To>(elements);
    case Dtype::kU32:
      return integers_from<std::uint32_t, To>(elements);
    case Dtype::kI32:
      return integers_from<std::int32_t, To>(elements);
    case Dtype::kU64:
      return integers_from<std::uint64_t, To>(elements);
    case Dtype::kI64:
      return integers_from<std::int64_t, To>(elements);
    case Dtype::kF16:
    case Dtype::kBf16:
    case Dtype::kF32:
    case Dtype::kF64:
      break;
  }
  throw bad_dtype(elements, "an integer dtype");
}

}  // namespace

FloatTensor to_float_tensor(const Elements& elements) {
  switch (elements.dtype) {
    case Dtype::kF16:
      return convert_all<std::uint16_t, float>(
          elements, [](std::uint16_t half, std::int64_t) { return half_to_float(half); });
    case Dtype::kBf16:
      return convert_all<std::uint16_t, float>(elements, [](std::uint16_t bits, std::int64_t) {
        return std::bit_cast<float>(std::uint32_t{bits} << 16);
      });
    case Dtype::kF32:
      return convert_all<float, float>(elements, [](float value, std::int64_t) { return value; });
    case Dtype::kF64:
      return convert_all<double, float>(
          elements, [](double value, std::int64_t) { return static_cast<float>(value); });
    default:
      throw bad_dtype(elements, "F32, F16, BF16 or F64");
  }
}

Tensor<double> to_double_tensor(const Elements& elements) {
  if (elements.dtype == Dtype::kF64)
    return convert_all<double, double>(elements, [](double value, std::int64_t) { return value; });
  const FloatTensor narrow = to_float_tensor(elements);
  return {narrow.shape, std::vector<double>(narrow.data.begin(), narrow.data.end())};
}

IntTensor to_int_tensor(const Elements& elements) { return to_integers<std::int32_t>(elements); }

Tensor<std::int64_t> to_int64_tensor(const Elements& elements) {
  return to_integers<std::int64_t>(elements);
}

float half_to_float(std::uint16_t half) {
  const int exponent = (half >> 10) & 0x1f;
  const int fraction = half & 0x3ff;
  float magnitude = 0;
  if (exponent == 0x1f) {
    magnitude = fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                              : std::numeric_limits<float>::infinity();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

}  // namespace systole
