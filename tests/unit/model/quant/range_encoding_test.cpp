// range_encoding_test.cpp: scales and zero points of groups, AIMET's documented ones among them.
#include "model/quant/range_encoding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/quant/fake_quantize.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr IntFormat kAffine = {.is_signed = false, .is_symmetric = false};

/// arange(-32, 32) / 64 as [8, 8], transposed: w[r, c] = (-32 + r + 8 c) / 64.
FloatTensor aimet_weights() {
  FloatTensor w({8, 8});
  for (int r = 0; r < 8; ++r)
    for (int c = 0; c < 8; ++c) w[8 * r + c] = static_cast<float>(-32 + r + 8 * c) / 64;
  return w;
}

/// Four digits behind the point, as AIMET's documentation shows scales.
std::vector<double> four_digits(const Tensor<double>& scale) {
  std::vector<double> rounded;
  for (const double value : scale.data) rounded.push_back(std::nearbyint(value * 1e4) / 1e4);
  return rounded;
}

TEST(AimetExample, AffineCodesOf256thsAreTheirNumerators) {
  FloatTensor x({256});
  for (int i = 0; i < 256; ++i) x[i] = static_cast<float>(i) / 256;
  const Encoding encoding = encode_minmax("x", {.format = kAffine}, x);
  EXPECT_EQ(encoding.scale.data, (std::vector<double>{1.0 / 256}));
  EXPECT_EQ(offsets(encoding).data, (std::vector<std::int32_t>{0}));
  for (const Arithmetic arithmetic : {Arithmetic::kDouble, Arithmetic::kFloat32}) {
    const IntTensor codes = quantize(x, encoding, arithmetic);
    for (int i = 0; i < 256; ++i) EXPECT_EQ(codes[i], i);
    EXPECT_EQ(dequantize(codes, encoding, arithmetic), x);
  }
}

TEST(AimetExample, WeightsPerChannelHaveTheDocumentedScales) {
  const Encoding encoding = encode_minmax("w", {.granularity = PerChannel{0}}, aimet_weights());
  EXPECT_EQ(four_digits(encoding.scale),
            (std::vector<double>{.0039, .0038, .0037, .0035, .0034, .0036, .0037, .0038}));
  const std::vector<std::int32_t> codes = {-128, -96, -64, -32, 0,  32, 64, 96,   //
                                           -128, -95, -62, -29, 4,  37, 70, 103,  //
                                           -128, -94, -60, -26, 9,  43, 77, 111,  //
                                           -128, -93, -57, -22, 13, 49, 84, 119,  //
                                           -127, -91, -54, -18, 18, 54, 91, 127,  //
                                           -118, -83, -48, -13, 22, 57, 92, 127,  //
                                           -110, -76, -42, -8,  25, 59, 93, 127,  //
                                           -102, -70, -37, -4,  29, 61, 94, 127};
  EXPECT_EQ(quantize(aimet_weights(), encoding).data, codes);
  EXPECT_EQ(quantize(aimet_weights(), encoding, Arithmetic::kFloat32).data, codes);
}

TEST(AimetExample, WeightsPerBlockOf4HaveAScaleEach) {
  const Encoding encoding = encode_minmax("w", {.granularity = Blocks{{1, 4}}}, aimet_weights());
  EXPECT_EQ(encoding.scale.shape, (Shape{8, 2}));
  EXPECT_EQ(four_digits(encoding.scale),
            (std::vector<double>{.0039, .0030, .0038, .0031, .0037, .0032, .0035, .0033,  //
                                 .0034, .0034, .0033, .0036, .0032, .0037, .0031, .0038}));
  const std::vector<std::int32_t> codes = {-128, -96, -64, -32, 0,  42, 85, 127,  //
                                           -128, -95, -62, -29, 5,  46, 86, 127,  //
                                           -128, -94, -60, -26, 10, 49, 88, 127,  //
                                           -128, -93, -57, -22, 14, 52, 89, 127,  //
                                           -128, -91, -55, -18, 18, 54, 91, 127,  //
                                           -128, -90, -52, -14, 22, 57, 92, 127,  //
                                           -128, -89, -49, -10, 25, 59, 93, 127,  //
                                           -128, -87, -46, -5,  29, 61, 94, 127};
  EXPECT_EQ(quantize(aimet_weights(), encoding).data, codes);
}

// The example of AIMET's quantised tensors: two symmetric channels.
TEST(AimetExample, ASymmetricTensorHasTheDocumentedCodesAndReals) {
  const FloatTensor x({2, 4}, {-1.20F, 4.1F, -0.21F, 2.3F, 0.2F, 5.6F, -1.0F, -.1F});
  const Encoding encoding = encode_minmax("x", {.granularity = PerChannel{0}}, x);
  EXPECT_EQ(quantize(x, encoding).data,
            (std::vector<std::int32_t>{-37, 127, -7, 71, 5, 127, -23, -2}));
  const float reals[] = {-1.1945F, 4.1F, -.2260F, 2.2921F, .2205F, 5.6F, -1.0142F, -.0882F};
  const FloatTensor y = fake_quantize(x, encoding, Arithmetic::kFloat32);
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(y[i], reals[i], 5e-5) << i;
}

TEST(RangeEncoding, SymmetricScalesReachEachEnd) {
  const auto scale = [](const IntFormat& format, RealRange range) {
    return encode_ranges("x", {.format = format}, Tensor<RealRange>({}, range)).scale[0];
  };
  EXPECT_EQ(scale({.bits = 4}, {-8, 3}), 1);
  EXPECT_EQ(scale({.bits = 4}, {-8, 14}), 2);
  EXPECT_EQ(scale({.bits = 4, .is_narrow = true}, {-14, 3}), 2);
  EXPECT_EQ(scale({.bits = 4, .is_signed = false}, {3, 30}), 2);
}

TEST(RangeEncoding, AffineRangesAreWidenedToHold0) {
  const auto encode = [](const IntFormat& format, RealRange range) {
    return encode_ranges("x", {.format = format}, Tensor<RealRange>({}, range));
  };
  IntFormat format = {.bits = 4, .is_signed = false, .is_symmetric = false};
  EXPECT_EQ(encode(format, {5, 30}).scale[0], 2);
  EXPECT_EQ(encode(format, {5, 30}).zero_point[0], 0);
  EXPECT_EQ(encode(format, {-30, -5}).zero_point[0], 15);
  EXPECT_EQ(encode(format, {-10, 20}).zero_point[0], 5);
  format.is_signed = true;
  EXPECT_EQ(encode(format, {-10, 20}).zero_point[0], -3);
}

TEST(RangeEncoding, AFloatFormatsLargestNumberIsTheLargestReal) {
  const FloatTensor x({2}, {-896.0F, 2.0F});
  const Encoding encoding = encode_minmax("x", {.format = float8_e4m3()}, x);
  EXPECT_EQ(encoding.scale[0], 2);
  EXPECT_EQ(fake_quantize(x, encoding), x);
}

TEST(RangeEncoding, AGroupOfZerosHasScale1) {
  const FloatTensor x({3, 2}, {0, 0, 127, 0, 1e-40F, 0});
  for (const NumberFormat& format :
       {NumberFormat{IntFormat{}}, NumberFormat{kAffine}, NumberFormat{float8_e5m2()}}) {
    const Encoding encoding =
        encode_minmax("x", {.format = format, .granularity = PerChannel{0}}, x);
    EXPECT_EQ(encoding.scale[0], 1) << to_string(format);
    EXPECT_EQ(encoding.zero_point[0], 0) << to_string(format);
    EXPECT_EQ(fake_quantize(x, encoding)[0], 0) << to_string(format);
  }
  const Encoding encoding = encode_ranges("x", {}, Tensor<RealRange>({}, RealRange{0, 1e-310}));
  EXPECT_EQ(encoding.scale[0], 1);  // Too small for a scale.
}

TEST(RangeEncoding, Float32RoundsTheScaleOnce) {
  const QuantSpec spec = {.format = IntFormat{.bits = 2}};
  EXPECT_EQ(
      encode_ranges("x", spec, Tensor<RealRange>({}, {-0.2, 0}), Arithmetic::kFloat32).scale[0],
      double{0.1F});
  const Tensor<RealRange> tiny({}, RealRange{0, 1e-40});
  EXPECT_NE(encode_ranges("x", spec, tiny).scale[0], 1);
  EXPECT_EQ(encode_ranges("x", spec, tiny, Arithmetic::kFloat32).scale[0], 1);
}

TEST(RangeEncoding, EveryGroupHasItsOwnRange) {
  const FloatTensor x({2, 4}, {1, 2, -3, 4, -5, 6, 7, 8});
  const Tensor<RealRange> ranges = group_ranges(x, Blocks{{2, 2}}, "x");
  EXPECT_EQ(ranges.shape, (Shape{1, 2}));
  EXPECT_EQ(ranges.data, (std::vector<RealRange>{{-5, 6}, {-3, 8}}));
}

TEST(RangeEncoding, BadRangesAreRefused) {
  const auto complaint = [](const NumberFormat& format, RealRange range) {
    return message_of(
        [&] { encode_ranges("x", {.format = format}, Tensor<RealRange>({}, range)); });
  };
  EXPECT_EQ(complaint(IntFormat{}, {2, 1}),
            "x: got range [2, 1] of group 0, expected a finite range, smallest first");
  EXPECT_NE(complaint(IntFormat{}, {0, INFINITY}), "");
  EXPECT_NE(complaint(IntFormat{}, {NAN, 1}), "");
  EXPECT_NE(complaint(IntFormat{}, {-1.7e308, 1.7e308}), "");
  EXPECT_EQ(complaint(IntFormat{.is_signed = false}, {-1, 1}),
            "x: got -1 in group 0, expected no negative numbers where codes are unsigned and "
            "symmetric; use signed or affine codes");
  EXPECT_NE(complaint(IntFormat{.bits = 33}, {0, 1}), "");
  EXPECT_EQ(message_of([] {
              encode_minmax("x", {}, FloatTensor({1, 2}, {0, INFINITY}));
            }),
            "x: got inf at element [0, 1], expected finite elements");
}

}  // namespace
}  // namespace systole
