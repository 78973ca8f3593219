// clamped_relu_test.cpp: ReLU6 and its like as bounds of a clamp; padding by the zero point.
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

constexpr Relu kRelu6 = {.max = 6};

TEST(FuseRelu6, IsBothBoundsOfTheClamp) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, kRelu6).conv("b", "ar", 2);
  RealRanges ranges = calibrate(pattern.network, pattern.codes);
  ranges["ar"] = {-12.8, 12.7};  // Steps of 0.1: 6 is 60 steps.
  const FusedNetwork affine =
      fuse(pattern.network, ranges, {.activations = ActivationScheme::kAffine});
  const MulQuant quant = quant_of(affine, "a.quant");
  EXPECT_EQ(quant.zero_point, 128);
  EXPECT_EQ(quant.clamp, (IntRange{128, 188}));
  ranges["ar"] = {0, 25.5};
  EXPECT_EQ(quant_of(fuse(pattern.network, ranges, {}), "a.quant").clamp, (IntRange{0, 60}));
  ranges["ar"] = {0, 2.55};  // 600 steps: beyond the last code.
  EXPECT_EQ(quant_of(fuse(pattern.network, ranges, {}), "a.quant").clamp, (IntRange{0, 255}));
}

TEST(FuseRelu6, RoundsItsMaximumToTheNearestStep) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, Relu{.max = 2.5F}).conv("b", "ar", 2);
  RealRanges ranges = calibrate(pattern.network, pattern.codes);
  ranges["ar"] = {0, 255};  // Steps of 1: a tie goes to the even one.
  EXPECT_EQ(quant_of(fuse(pattern.network, ranges, {}), "a.quant").clamp, (IntRange{0, 2}));
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
  const PathComparison paths =
      compare_paths(pattern.network, fused.network, fused.float_names, pattern.codes);
  for (const PathDifference& op : paths.ops) EXPECT_EQ(op.max_error, 0) << op.op;
}

TEST(FusePad, FillsWithTheZeroPoint) {
  Pattern pattern;
  pattern.add("p", {"image"}, Pad{.amounts = {{1, 0}, {0, 2}, {1, 1}}}).add("r", {"p"}, Relu{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "p:pad(image) r:relu(p)");
  EXPECT_EQ(std::get<Pad>(find_node(fused.network, "p").op).value, 128);
  const PathComparison paths =
      compare_paths(pattern.network, fused.network, fused.float_names, pattern.codes);
  EXPECT_EQ(paths.ops.size(), 2U);
  for (const PathDifference& op : paths.ops) EXPECT_EQ(op.max_error, 0) << op.op;
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
