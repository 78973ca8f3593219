// image_test.cpp: a first convolution of a float image by integer weights.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

constexpr LowerOptions kCodes = {.image_codes = true};

/// y = quantize(conv(x) * 2^-4), weights `weight` [1, 1, 2, 1].
Faithful convolution(std::vector<float> weight, std::vector<float> bias = {}) {
  Conv2d conv;
  conv.params.window = {.kernel = {1, 1}};
  conv.weight = FloatTensor({1, 1, 2, 1}, std::move(weight));
  const auto biases = static_cast<std::int64_t>(bias.size());
  if (biases > 0) conv.bias = FloatTensor({biases}, std::move(bias));
  Faithful network;
  network.image({4, 4, 2})
      .real("conv", {"x"}, FloatIsland{conv})
      .real("scaled", {"conv"}, FloatMulShift{{1}, {0}, 4})
      .quantizer("y", "scaled", 2.0F, 128);
  return network;
}

TEST(LowerImage, StaysOnTheHostByDefault) {
  const Lowered lowered = convolution({3, -5}).lowered();
  EXPECT_EQ(describe(lowered.network),
            "conv:float_conv2d(x) scaled:float_mul_shift(conv) y:quantize(scaled)");
}

TEST(LowerImage, BecomesNineBitCodesUpToThePeak) {
  const Faithful network = convolution({3, -5});
  const double peak = measure_peaks(network.network, network.samples()).at("x");
  const Lowered lowered = network.lowered(kCodes);
  EXPECT_EQ(describe(lowered.network),
            "x.image:quantize(x) conv.raw:int_conv2d(x.image) "
            "y:mul_quant(conv.raw)");
  const IntNode image = find_node(lowered.network, "x.image");
  EXPECT_EQ(image.output.type, (IntType{.bits = 9}));
  EXPECT_NEAR(image.output.scale, peak / 255, 1e-8);
  const FloatTensor x({1, 4, 4, 2}, 4.0F);
  EXPECT_EQ(integers(run_integer(lowered.network, {{"x", x}}).at("y"))[0], -1);  // 4 * -2 / 16 * 2.
}

TEST(LowerImage, MovesResultsByAtMostOneStepWhereTheImagesStepIsSmaller) {
  expect_within(convolution({3, -5}).report(kCodes), 1);
}

TEST(LowerImage, AddsTheConvolutionsBias) {
  const Lowered lowered = convolution({3, -5}, {16.0F}).lowered(kCodes);
  const FloatTensor x({1, 4, 4, 2}, 0.0F);
  EXPECT_EQ(integers(run_integer(lowered.network, {{"x", x}}).at("y"))[0], 2);  // 16 / 16 * 2.
}

TEST(LowerImage, KeepsWeightsThatAreNoNineBitIntegers) {
  for (const std::vector<float>& weight : {std::vector{0.5F, 1.0F}, {256.0F, 1.0F}})
    EXPECT_EQ(convolution(weight).lowered(kCodes).network.nodes[0].name, "conv") << weight[0];
}

}  // namespace
}  // namespace systole
