// linear_test.cpp: convolutions and matrix products with batch norm and ReLU.
#include <cmath>

#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(FuseConv, ConvBatchNormReluIsOnePair) {
  Pattern pattern;
  pattern.conv("c", "image", 1).norm("n", "c", 2).add("r", {"n"}, Relu{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "c:int_conv2d(image) c.quant:mul_quant(c)");
  EXPECT_EQ(fused.network.outputs, std::vector<std::string>{"c.quant"});
  EXPECT_EQ(fused.float_names.at("c.quant"), "r");
  expect_close(pattern, 30);
}

TEST(FuseConv, EveryOtherTailOfAConvIsOnePairToo) {
  Pattern alone;
  alone.conv("c", "image", 1);
  EXPECT_EQ(describe(alone.fused().network), "c:int_conv2d(image) c.quant:mul_quant(c)");
  expect_close(alone, 30);
  Pattern relu;
  relu.conv("c", "image", 1).add("r", {"c"}, Relu{});
  EXPECT_EQ(describe(relu.fused().network), "c:int_conv2d(image) c.quant:mul_quant(c)");
  expect_close(relu, 30);
  Pattern norm;
  norm.conv("c", "image", 1).norm("n", "c", 2);
  EXPECT_EQ(describe(norm.fused().network), "c:int_conv2d(image) c.quant:mul_quant(c)");
  expect_close(norm, 30);
}

TEST(FuseConv, ATensorThatOthersNeedIsNotFusedAway) {
  Pattern pattern;
  pattern.conv("c", "image", 1)
      .norm("n", "c", 2)
      .add("r", {"n"}, Relu{})
      .add("s", {"n", "r"}, Add{});
  EXPECT_EQ(describe(pattern.fused().network),
            "c:int_conv2d(image) c.quant:mul_quant(c) r:relu(c.quant) s:add(c.quant,r)");
  pattern.network.outputs = {"s", "c"};
  EXPECT_EQ(describe(pattern.fused().network),
            "c:int_conv2d(image) c.quant:mul_quant(c) n.quant:mul_quant(c.quant) r:relu(n.quant) "
            "s:add(n.quant,r)");
}

/// Folding the batch norm into weights and bias, in float, gives the same function.
TEST(FuseConv, AFoldedBatchNormComputesTheSame) {
  Pattern unfused;
  unfused.conv("c", "image", 1).norm("n", "c", 2);
  Pattern folded;
  folded.conv("c", "image", 1);
  Conv2d& conv = std::get<Conv2d>(folded.network.nodes[0].op);
  const BatchNorm& norm = std::get<BatchNorm>(unfused.network.nodes[1].op);
  conv.bias = FloatTensor(Shape{4});
  for (std::int64_t c = 0; c < 4; ++c) {
    const float gain = norm.gamma[c] / std::sqrt(norm.variance[c] + norm.epsilon);
    for (std::int64_t k = 0; k < 36; ++k) conv.weight[k * 4 + c] *= gain;
    conv.bias[c] = norm.beta[c] - gain * norm.mean[c];
  }
  const FloatTensors reals = real_inputs(unfused.codes, unfused.network.inputs);
  const FloatTensor a = run_float(unfused.network, reals).at("n");
  const FloatTensor b = run_float(folded.network, reals).at("c");
  for (std::int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-4);

  const Recipe fine = {.scale = {.bits = 32}};
  const MulQuant from_norm = quant_of(unfused.fused(fine), "c.quant");
  const MulQuant from_bias = quant_of(folded.fused(fine), "c.quant");
  for (int c = 0; c < 4; ++c) {
    const auto bias = [&](const MulQuant& quant) {
      const MulQuantChannel& channel = quant.channel(c);
      return std::ldexp(static_cast<double>(channel.bias), -channel.shift);
    };
    EXPECT_NEAR(bias(from_norm), bias(from_bias), 2.0) << c;
  }
}

/// q(y) = clamp(rne((acc * s + b) / 2^f) + zp) with everything worked out here in real numbers:
/// y = sum w (x - zp_x) + c, requantised, for the one output of a tiny linear layer.
TEST(FuseLinear, IntegersAreTheEquationByHand) {
  FloatNetwork network;
  network.name = "hand";
  const Quantization input = {.scale = 0.5, .zero_point = 10, .type = {8, false}};
  network.inputs = {{.name = "x", .shape = {2}, .quantization = input}};
  network.nodes = {{.name = "l",
                    .inputs = {"x"},
                    .op = Linear{.weight = FloatTensor({2, 1}, {1.27F, -0.64F}),
                                 .bias = FloatTensor({1}, 0.3F)}}};
  network.outputs = {"l"};
  const AnyTensors samples = {{"x", IntTensor({1, 2}, 0)}};
  EncodedNetwork encoded = encode(network, {}, samples_of(samples));
  encoded.tensors["l"] = covering("l", {-32.767, 32.767}, {.bits = 16});
  const FusedNetwork fused = fuse(encoded);
  const auto& matmul = std::get<IntMatmul>(fused.network.nodes[0].op);
  EXPECT_EQ(matmul.weight.data, (std::vector<std::int32_t>{127, -64}));

  // Step of the output: 0.001; s_real = 0.5 * 0.01 / 0.001 = 5, so s = 5 * 2^12 = 20480 < 2^15.
  const MulQuantChannel channel = quant_of(fused, "l.quant").channel(0);
  EXPECT_EQ(channel.shift, 12);
  EXPECT_EQ(channel.scale, 20480);
  const auto bias =
      static_cast<std::int64_t>(std::nearbyint(static_cast<double>(0.3F) / 0.001 * 4096));
  EXPECT_NEAR(static_cast<double>(channel.bias),
              static_cast<double>(bias - 10 * std::int64_t{20480} * (127 - 64)), 1);

  // x = (7 - 10, 20 - 10) / 2: y = 1.27 * -1.5 - 0.64 * 5 + 0.3 = -4.805.
  const IntTensors out =
      all_integers(run_integer(fused.network, {{"x", IntTensor({1, 2}, {7, 20})}}));
  EXPECT_EQ(out.at("l.quant")[0], -4805);
}

TEST(FuseLinear, LinearBatchNormReluIsOnePair) {
  Pattern pattern;
  pattern.add("f", {"image"}, Flatten{})
      .add("l", {"f"}, Linear{.weight = random_floats({100, 4}, 3), .bias = random_floats({4}, 4)})
      .norm("n", "l", 5)
      .add("r", {"n"}, Relu{});
  EXPECT_EQ(describe(pattern.fused().network),
            "f:flatten(image) l:int_matmul(f) l.quant:mul_quant(l)");
  expect_close(pattern, 30);
}

TEST(FuseConv, PaddingIsTheZeroPointOfTheInput) {
  Pattern pattern;
  pattern.conv("c", "image", 1);
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(std::get<IntConv2d>(fused.network.nodes[0].op).params.pad_value, 128);
}

TEST(FuseConv, ReluIsTheLowerBoundOfTheClamp) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, Relu{}).conv("b", "ar", 2);
  pattern.add("br", {"b"}, Relu{}).conv("c", "br", 3);
  // As if the network had been calibrated with values below zero behind the ReLU.
  EncodedNetwork encoded = pattern.encoded();
  encoded.tensors["ar"] =
      covering("ar", {-1, 1}, {.bits = 8, .is_signed = false, .is_symmetric = false});
  const MulQuant quant = quant_of(fuse(encoded), "a.quant");
  EXPECT_EQ(quant.zero_point, 128);
  EXPECT_EQ(quant.clamp, (IntRange{128, 255}));
  encoded.tensors["ar"] = covering("ar", {-1, 1}, {.bits = 8});
  EXPECT_EQ(quant_of(fuse(encoded), "a.quant").clamp, (IntRange{0, 127}));
  EXPECT_EQ(quant_of(fuse(encoded), "b.quant").clamp, (IntRange{0, 255}));
}

}  // namespace
}  // namespace systole
