// elements_test.cpp: conversion of file elements.
#include "model/tensor/elements.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <class T>
IntTensor ints(const std::vector<T>& values, Dtype dtype) {
  const Shape shape = {static_cast<std::int64_t>(values.size())};
  const std::string bytes = bytes_of(values);
  return to_int_tensor({{"f"}, "t", dtype, shape, bytes});
}

template <class T>
Tensor<std::int64_t> int64s(const std::vector<T>& values, Dtype dtype) {
  const Shape shape = {static_cast<std::int64_t>(values.size())};
  const std::string bytes = bytes_of(values);
  return to_int64_tensor({{"f"}, "t", dtype, shape, bytes});
}

template <class T>
FloatTensor floats(const std::vector<T>& values, Dtype dtype) {
  const Shape shape = {static_cast<std::int64_t>(values.size())};
  const std::string bytes = bytes_of(values);
  return to_float_tensor({{"f"}, "t", dtype, shape, bytes});
}

using Ints = std::vector<std::int32_t>;

TEST(Elements, IntegersOfEveryWidthKeepTheirValue) {
  EXPECT_EQ(ints<std::uint8_t>({0, 1, 255}, Dtype::kU8).data, (Ints{0, 1, 255}));
  EXPECT_EQ(ints<std::uint8_t>({0, 1}, Dtype::kBool).data, (Ints{0, 1}));
  EXPECT_EQ(ints<std::int8_t>({-128, 127}, Dtype::kI8).data, (Ints{-128, 127}));
  EXPECT_EQ(ints<std::uint16_t>({65535}, Dtype::kU16).data, (Ints{65535}));
  EXPECT_EQ(ints<std::int16_t>({-32768}, Dtype::kI16).data, (Ints{-32768}));
  EXPECT_EQ(ints<std::int32_t>({INT32_MIN, INT32_MAX}, Dtype::kI32).data,
            (Ints{INT32_MIN, INT32_MAX}));
  EXPECT_EQ(ints<std::uint32_t>({INT32_MAX}, Dtype::kU32).data, (Ints{INT32_MAX}));
  EXPECT_EQ(ints<std::int64_t>({INT32_MIN, INT32_MAX}, Dtype::kI64).data,
            (Ints{INT32_MIN, INT32_MAX}));
}

TEST(Elements, ValuesThatDoNotFitAreRefusedWithTheirIndex) {
  EXPECT_EQ(message_of([] {
              ints<std::uint32_t>({0, 2147483648U}, Dtype::kU32);
            }),
            "f: t: got 2147483648 at [1], expected an integer in [-2147483648, 2147483647]");
  EXPECT_EQ(message_of([] { ints<std::int64_t>({-2147483649LL}, Dtype::kI64); }),
            "f: t: got -2147483649 at [0], expected an integer in [-2147483648, 2147483647]");
  EXPECT_EQ(int64s<std::uint64_t>({INT64_MAX}, Dtype::kU64)[0], INT64_MAX);
  EXPECT_EQ(message_of([] { int64s<std::uint64_t>({std::uint64_t{1} << 63}, Dtype::kU64); }),
            "f: t: got 9223372036854775808 at [0], expected an integer in "
            "[-9223372036854775808, 9223372036854775807]");
}

TEST(Elements, FloatsAreNotIntegersNorTheOtherWayRound) {
  EXPECT_EQ(message_of([] { ints<float>({1}, Dtype::kF32); }),
            "f: t: got dtype F32, expected an integer dtype");
  EXPECT_EQ(message_of([] { floats<std::int32_t>({1}, Dtype::kI32); }),
            "f: t: got dtype I32, expected F32, F16, BF16 or F64");
}

TEST(Elements, FloatsOfEveryWidthConvert) {
  EXPECT_EQ(floats<float>({-1.5F}, Dtype::kF32)[0], -1.5F);
  EXPECT_EQ(floats<double>({0.1}, Dtype::kF64)[0], 0.1F);
  EXPECT_EQ(floats<std::uint16_t>({0x3e00}, Dtype::kF16)[0], 1.5F);
  EXPECT_EQ(floats<std::uint16_t>({0xc020}, Dtype::kBf16)[0], -2.5F);
}

TEST(HalfToFloat, KnowsZerosSubnormalsInfinitiesAndNaN) {
  EXPECT_EQ(half_to_float(0x0000), 0.0F);
  EXPECT_TRUE(std::signbit(half_to_float(0x8000)));
  EXPECT_EQ(half_to_float(0x0001), std::ldexp(1.0F, -24));
  EXPECT_EQ(half_to_float(0x03ff), std::ldexp(1023.0F, -24));
  EXPECT_EQ(half_to_float(0x0400), std::ldexp(1.0F, -14));
  EXPECT_EQ(half_to_float(0x3c00), 1.0F);
  EXPECT_EQ(half_to_float(0xfbff), -65504.0F);
  EXPECT_EQ(half_to_float(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(half_to_float(0x7e00)));
}

// Rebuilds a normal half from its fields: exponents differ by 112, fractions by 13 bits.
TEST(HalfToFloat, AgreesWithTheBitsOfFloatForAllNormalNumbers) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    const std::uint32_t exponent = (half >> 10) & 0x1f;
    if (exponent == 0 || exponent == 0x1f) continue;
    const std::uint32_t bits =
        (half & 0x8000) << 16 | (exponent + 112) << 23 | (half & 0x3ff) << 13;
    EXPECT_EQ(std::bit_cast<std::uint32_t>(half_to_float(static_cast<std::uint16_t>(half))), bits);
  }
}

}  // namespace
}  // namespace systole
