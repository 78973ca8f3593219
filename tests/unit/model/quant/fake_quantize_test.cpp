// fake_quantize_test.cpp: tensors to codes and back, in the tools' arithmetic.
#include "model/quant/fake_quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

Encoding scalar(const NumberFormat& format, double scale, std::int32_t zero_point = 0,
                Rounding rounding = Rounding::kHalfEven) {
  return {.name = "x",
          .spec = {.format = format, .rounding = rounding},
          .scale = Tensor<double>({}, scale),
          .zero_point = IntTensor({}, zero_point)};
}

using Codes = std::vector<std::int32_t>;

// The example of AIMET's quantised tensors with a range that is set: Δ = 0.1.
TEST(FakeQuantize, ReproducesAimetsSetRange) {
  const FloatTensor x({2, 2}, {2.57F, -2.312F, 0.153F, 0.205F});
  const Encoding encoding = scalar(IntFormat{}, 0.1);
  EXPECT_EQ(quantize(x, encoding).data, (Codes{26, -23, 2, 2}));
  EXPECT_EQ(fake_quantize(x, encoding).data, (std::vector<float>{2.6F, -2.3F, 0.2F, 0.2F}));
}

TEST(FakeQuantize, ClampsToTheCodes) {
  const FloatTensor x({4}, {-1e30F, -2, 1, 1e30F});
  EXPECT_EQ(quantize(x, scalar(IntFormat{.bits = 2}, 0.5)).data, (Codes{-2, -2, 1, 1}));
  EXPECT_EQ(quantize(x, scalar(IntFormat{.bits = 2, .is_narrow = true}, 0.5)).data,
            (Codes{-1, -1, 1, 1}));
  const IntFormat affine = {.bits = 4, .is_signed = false, .is_symmetric = false};
  EXPECT_EQ(quantize(x, scalar(affine, 0.5, 5)).data, (Codes{0, 1, 7, 15}));
  EXPECT_EQ(fake_quantize(x, scalar(affine, 0.5, 5)).data, (std::vector<float>{-2.5, -2, 1, 5}));
  EXPECT_EQ(quantize(x, scalar(IntFormat{.bits = 16}, 0.5)).data, (Codes{-32768, -4, 2, 32767}));
}

TEST(FakeQuantize, RoundsAsTheSpecSays) {
  const FloatTensor x({5}, {-1.5, -0.5, 0.5, 1.5, 2.75});
  const auto codes = [&](Rounding rounding) {
    return quantize(x, scalar(IntFormat{}, 1, 0, rounding)).data;
  };
  EXPECT_EQ(codes(Rounding::kHalfEven), (Codes{-2, 0, 0, 2, 3}));
  EXPECT_EQ(codes(Rounding::kHalfUp), (Codes{-1, 0, 1, 2, 3}));
  EXPECT_EQ(codes(Rounding::kHalfAway), (Codes{-2, -1, 1, 2, 3}));
  EXPECT_EQ(codes(Rounding::kFloor), (Codes{-2, -1, 0, 1, 2}));
}

// The zero point is added behind the rounding: 2.5 + 1 is 3 that way, and 4 the other.
TEST(FakeQuantize, RoundsBeforeTheZeroPoint) {
  const IntFormat affine = {.is_signed = false, .is_symmetric = false};
  EXPECT_EQ(quantize(FloatTensor({1}, {2.5F}), scalar(affine, 1, 1)).data, (Codes{3}));
}

TEST(FakeQuantize, NearlyAHalfIsNotAHalf) {
  Encoding encoding = scalar(IntFormat{}, 1, 0, Rounding::kHalfUp);
  encoding.scale_is = ScaleKind::kInverse;
  encoding.scale[0] = 0.49999999999999994;
  EXPECT_EQ(quantize(FloatTensor({1}, {1.0F}), encoding).data, (Codes{0}));
}

TEST(FakeQuantize, EveryGroupHasItsScaleAndZeroPoint) {
  const Encoding encoding = {
      .name = "x",
      .spec = {.format = IntFormat{.is_signed = false, .is_symmetric = false},
               .granularity = Blocks{{1, 2}}},
      .scale = Tensor<double>({2, 2}, {1, 2, 4, 8}),
      .zero_point = IntTensor({2, 2}, {0, 1, 2, 3})};
  const FloatTensor x({2, 4}, {8, 16, 8, 16, 8, 16, 8, 16});
  EXPECT_EQ(quantize(x, encoding).data, (Codes{8, 16, 5, 9, 4, 6, 4, 5}));
  EXPECT_EQ(dequantize(quantize(x, encoding), encoding), x);
  EXPECT_EQ(fake_quantize(x, encoding), x);
}

// 9 steps of float32(0.1) are another float than 0.9.
TEST(FakeQuantize, Float32RoundsEveryOperation) {
  const Encoding encoding = scalar(IntFormat{}, 0.1);
  const IntTensor nine({1}, Codes{9});
  EXPECT_EQ(dequantize(nine, encoding)[0], 0.9F);
  EXPECT_EQ(dequantize(nine, encoding, Arithmetic::kFloat32)[0], 9.0F * 0.1F);
  ASSERT_NE(9.0F * 0.1F, 0.9F);
  // 0.35F is below 0.35 and so below the tie in double; the float quotient is the tie.
  const FloatTensor x({1}, {0.35F});
  EXPECT_EQ(quantize(x, encoding).data, (Codes{3}));
  ASSERT_EQ(0.35F / 0.1F, 3.5F);
  EXPECT_EQ(quantize(x, encoding, Arithmetic::kFloat32).data, (Codes{4}));
}

TEST(FakeQuantize, AnInverseScaleMultiplies) {
  Encoding encoding = scalar(IntFormat{}, 10);
  encoding.scale_is = ScaleKind::kInverse;
  EXPECT_EQ(quantize(FloatTensor({2}, {1.2F, -0.31F}), encoding).data, (Codes{12, -3}));
  const IntTensor nine({1}, Codes{9});
  EXPECT_EQ(dequantize(nine, encoding)[0], 0.9F);
  // Not times float32(1 / 10), which gives another float.
  EXPECT_EQ(dequantize(nine, encoding, Arithmetic::kFloat32)[0], 9.0F / 10.0F);
}

TEST(FakeQuantize, FloatFormatsHaveScalesToo) {
  const FloatTensor x({4}, {0.3F, -900, 1000, 0});
  EXPECT_EQ(fake_quantize(x, scalar(float8_e4m3(), 2)).data,
            (std::vector<float>{0.3125F, -896, 896, 0}));
}

TEST(FakeQuantize, IsTheWayToCodesAndBack) {
  constexpr std::uint32_t kSeed = 8;
  std::mt19937 generator(kSeed);
  std::normal_distribution<float> draw(0, 3);
  FloatTensor x({16, 16});
  for (float& value : x.data) value = draw(generator);
  const IntFormat affine = {.bits = 5, .is_signed = false, .is_symmetric = false};
  for (const Arithmetic arithmetic : {Arithmetic::kDouble, Arithmetic::kFloat32}) {
    const Encoding encoding = scalar(affine, 0.37, 11);
    EXPECT_EQ(fake_quantize(x, encoding, arithmetic),
              dequantize(quantize(x, encoding, arithmetic), encoding, arithmetic))
        << "seed " << kSeed;
  }
}

TEST(FakeQuantize, BadInputIsNamed) {
  const Encoding encoding = scalar(IntFormat{}, 1);
  const FloatTensor nan({1, 2}, {0, NAN});
  EXPECT_EQ(message_of([&] { quantize(nan, encoding); }),
            "x: got nan at element [0, 1], expected finite elements");
  EXPECT_EQ(message_of([&] { fake_quantize(FloatTensor({1}, {-INFINITY}), encoding); }),
            "x: got -inf at element [0], expected finite elements");
  EXPECT_NE(message_of([&] { fake_quantize(nan, scalar(float16(), 1)); }), "");
  EXPECT_EQ(message_of([&] { dequantize(IntTensor({1}, Codes{128}), encoding); }),
            "x: got code 128 at element [0], expected a code in [-128, 127]");
  EXPECT_EQ(message_of([&] {
              fake_quantize(FloatTensor({1}), scalar(IntFormat{}, 1e-60), Arithmetic::kFloat32);
            }),
            "x: got scale 1e-60, expected a normal number in float32; compute in double");
}

TEST(FakeQuantize, FloatFormatsAreNoIntegers) {
  const std::string expected =
      "x: got float E4M3, expected an integer format on the integer path; float formats are for "
      "the fake-quant path: systole evaluate";
  EXPECT_EQ(message_of([] { quantize(FloatTensor({1}), scalar(float8_e4m3(), 1)); }), expected);
  EXPECT_EQ(message_of([] { dequantize(IntTensor({1}), scalar(float8_e4m3(), 1)); }), expected);
}

}  // namespace
}  // namespace systole
