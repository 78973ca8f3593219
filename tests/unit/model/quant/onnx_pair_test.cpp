// onnx_pair_test.cpp: quantizers as the operands of QuantizeLinear, and back.
#include "model/quant/onnx_pair.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

OnnxPair pair_of(Shape shape, const IntType& type, std::int32_t zero_point = 0) {
  return {.scale = Tensor<double>(shape, 0.25),
          .zero_point = IntTensor(shape, zero_point),
          .type = type};
}

TEST(OnnxPair, AScalarIsPerTensor) {
  const OnnxPair pair = pair_of({}, {.bits = 8, .is_signed = false}, 3);
  const Encoding encoding = from_onnx(pair, "x");
  EXPECT_EQ(encoding.spec.granularity, Granularity{PerTensor{}});
  EXPECT_EQ(encoding.spec.format,
            (NumberFormat{IntFormat{.bits = 8, .is_signed = false, .is_symmetric = false}}));
  EXPECT_EQ(to_onnx(encoding), pair);
}

TEST(OnnxPair, AVectorIsPerChannelOfItsAxis) {
  OnnxPair pair = pair_of({3}, {.bits = 4, .is_signed = true});
  pair.axis = 2;
  const Encoding encoding = from_onnx(pair, "w");
  EXPECT_EQ(encoding.spec.granularity, Granularity{PerChannel{2}});
  EXPECT_EQ(encoding.spec.format, (NumberFormat{IntFormat{.bits = 4}}));
  EXPECT_EQ(to_onnx(encoding), pair);
}

TEST(OnnxPair, MoreDimensionsAreBlocks) {
  OnnxPair pair = pair_of({5, 2, 1, 1}, {.bits = 4, .is_signed = true});
  pair.axis = 1;
  pair.block_size = 16;
  const Encoding encoding = from_onnx(pair, "w");
  EXPECT_EQ(encoding.spec.granularity, (Granularity{Blocks{{1, 16, -1, -1}}}));
  EXPECT_NO_THROW(check_encoding(encoding, {5, 32, 3, 3}));
  EXPECT_EQ(to_onnx(encoding), pair);
}

TEST(OnnxPair, SignedCodesWithAZeroPointAreAffine) {
  const OnnxPair pair = pair_of({}, {.bits = 8, .is_signed = true}, -128);
  EXPECT_FALSE(std::get<IntFormat>(from_onnx(pair, "x").spec.format).is_symmetric);
  EXPECT_EQ(to_onnx(from_onnx(pair, "x")), pair);
}

TEST(OnnxPair, AnInverseScaleIsWrittenAsItsStep) {
  Encoding encoding = from_onnx(pair_of({}, {}), "x");
  encoding.scale_is = ScaleKind::kInverse;
  EXPECT_EQ(to_onnx(encoding).scale[0], 4);
}

TEST(OnnxPair, WhatOnnxHasNoPlaceForIsRefused) {
  Encoding encoding = from_onnx(pair_of({}, {}), "x");
  encoding.spec.format = float8_e4m3();
  EXPECT_EQ(message_of([&] { to_onnx(encoding); }),
            "x: got float E4M3, expected integers of the full range, for ONNX");
  encoding.spec.format = IntFormat{.is_narrow = true};
  EXPECT_EQ(message_of([&] { to_onnx(encoding); }),
            "x: got int8 (narrow), expected integers of the full range, for ONNX");
  encoding.spec = {.rounding = Rounding::kHalfUp};
  EXPECT_EQ(message_of([&] { to_onnx(encoding); }),
            "x: got half_up, expected half_even, ONNX's rounding");
  encoding.spec = {.granularity = Blocks{{2, 2}}};
  EXPECT_EQ(message_of([&] { to_onnx(encoding); }),
            "x: got blocks of sizes [2, 2], expected blocks along one axis, for ONNX");
  encoding.spec = {.granularity = Blocks{{-1, -1}}};
  EXPECT_NE(message_of([&] { to_onnx(encoding); }), "");
}

TEST(OnnxPair, OperandsThatDoNotFitAreRefused) {
  const IntType uint4 = {.bits = 4, .is_signed = false};
  EXPECT_EQ(message_of([&] { from_onnx(pair_of({}, uint4, 16), "x"); }),
            "x: got zero point 16, expected an uint4, in [0, 15]");
  EXPECT_EQ(message_of([&] {
              from_onnx(pair_of({2, 2}, uint4), "x");
            }),
            "x: got scales of shape [2, 2] and block size 0, expected a scalar or a vector without "
            "blocks, or a scale per block of a size above 0");
  OnnxPair pair = pair_of({2, 2}, uint4);
  pair.block_size = 2;
  pair.axis = 2;
  EXPECT_EQ(message_of([&] { from_onnx(pair, "x"); }),
            "x: got axis 2 of scales of shape [2, 2], expected an axis in [0, 1]");
  EXPECT_NE(message_of([&] { from_onnx(pair_of({}, {.bits = 1}), "x"); }), "");
}

}  // namespace
}  // namespace systole
