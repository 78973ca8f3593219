// clamped_relu_test.cpp: ReLU6 and its like as bounds of a clamp; padding by the zero point.
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

constexpr Relu kRelu6 = {.max = 6};

constexpr IntFormat kUint8 = {.is_signed = false};

/// The clamp of a ReLU behind a convolution, whose codes cover `range`.
IntRange clamp_of(const Relu& relu, const RealRange& range, const IntFormat& format) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, relu).conv("b", "ar", 2);
  EncodedNetwork encoded = pattern.encoded();
  encoded.tensors["ar"] = covering("ar", range, format);
  return quant_of(fuse(encoded), "a.quant").clamp;
}

TEST(FuseRelu6, IsBothBoundsOfTheClamp) {
  // Steps of 0.1: 6 is 60 steps.
  const IntFormat affine = {.is_signed = false, .is_symmetric = false};
  EXPECT_EQ(clamp_of(kRelu6, {-12.8, 12.7}, affine), (IntRange{128, 188}));
  EXPECT_EQ(clamp_of(kRelu6, {0, 25.5}, kUint8), (IntRange{0, 60}));
  // 600 steps: beyond the last code.
  EXPECT_EQ(clamp_of(kRelu6, {0, 2.55}, kUint8), (IntRange{0, 255}));
}

TEST(FuseRelu6, RoundsItsMaximumToTheNearestStep) {
  // Steps of 1: a tie goes to the even one.
  EXPECT_EQ(clamp_of(Relu{.max = 2.5F}, {0, 255}, kUint8), (IntRange{0, 2}));
}

TEST(FuseRelu6, BehindAnAddOrAPoolIsTheClampToo) {
  Pattern pattern;
  pattern.add("g", {"image"}, AvgPool{.window = {.kernel = {2, 2}}})
      .add("gr", {"g"}, Relu{.max = 0.25F})
      .add("s", {"gr", "gr"}, Add{})
      .add("r", {"s"}, Relu{.max = 0.25F})
      .add("m", {"r"}, MaxPool{{.kernel = {2, 2}}});
  EXPECT_EQ(describe(pattern.fused().network),
            "g:int_sum_pool(image) g.quant:mul_quant(g) s:add(g.quant,g.quant) m:max_pool(s)");
  expect_close(pattern, 30);
}

TEST(FuseRelu6, OnCodesIsAClamp) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{{.kernel = {2, 2}}}).add("r", {"m"}, Relu{.max = 0.5F});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "m:max_pool(image) r:clamp(m)");
  EXPECT_EQ(std::get<IntClamp>(find_node(fused.network, "r").op).range, (IntRange{128, 192}));
  const PathComparison paths = pattern.compared();
  for (const PathDifference& op : paths.ops) EXPECT_EQ(op.integer_to_float.max_error, 0) << op.op;
}

TEST(FusePad, FillsWithTheZeroPoint) {
  Pattern pattern;
  pattern.add("p", {"image"}, Pad{.amounts = {{1, 0}, {0, 2}, {1, 1}}}).add("r", {"p"}, Relu{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "p:pad(image) r:relu(p)");
  EXPECT_EQ(std::get<Pad>(find_node(fused.network, "p").op).value, 128);
  const PathComparison paths = pattern.compared();
  EXPECT_EQ(paths.ops.size(), 2U);
  for (const PathDifference& op : paths.ops) EXPECT_EQ(op.integer_to_float.max_error, 0) << op.op;
}

/// The shortcut of option A: every second pixel, then zero channels on both sides.
TEST(FusePad, OfAShortcutIsTheResidualOperand) {
  Pattern pattern;
  Conv2d strided{
      .params = {.window = {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1, 1, 1}}},
      .weight = random_floats({3, 3, 4, 8}, 1),
      .bias = {}};
  pattern.add("pixels", {"image"}, MaxPool{{.kernel = {1, 1}, .stride = {2, 2}}})
      .add("skip", {"pixels"}, Pad{.amounts = {{0, 0}, {0, 0}, {2, 2}}})
      .add("c", {"image"}, strided)
      .add("s", {"c", "skip"}, Add{});
  EXPECT_EQ(
      describe(pattern.fused().network),
      "pixels:max_pool(image) skip:pad(pixels) c:int_conv2d(image) c.quant:mul_quant(c,skip)");
  expect_close(pattern, 30);
}

}  // namespace
}  // namespace systole
