// tokens_test.cpp: constants per token, and what a transformer leaves to the host.
#include <cmath>

#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

/// Two tokens of 8 channels into 3 channels of sums.
Faithful tokens_product(std::int32_t zero_point = 0) {
  Faithful network;
  network.input({2, 8}, kInt8, zero_point)
      .add("fc", {"x"}, IntMatmul{random_codes({8, 3}, -127, 127, 3), zero_point});
  return network;
}

std::string host_reason_of(const Lowered& lowered, const std::string& op) {
  for (const KeptOp& kept : lowered.kept)
    if (kept.op == op) return kept.reason;
  return "";
}

TEST(LowerTokens, OfDoubleAreOneMulQuantWithAsManyRows) {
  const std::vector<double> factors = {0.00123, 0.0004567, 0.00789, 0.0111, 0.002, 0.000333};
  for (const std::vector<double>& some : {factors, {0.00123, 0.0111}}) {
    Faithful network = tokens_product(3);
    network.add("y", {"fc"},
                Requantise{.dialect = DoubleScale{.factors = some,
                                                  .rounding = Rounding::kHalfEven,
                                                  .offsets = {0.25, -7.5},
                                                  .tokens = 2},
                           .bias = {11, -500, 0},
                           .zero_point = 9,
                           .clamp = {-128, 127}},
                {.zero_point = 9, .type = kInt8});
    const MulQuant quant = quant_of(network.lowered(), "y");
    EXPECT_EQ(quant.tokens, 2);
    ASSERT_EQ(quant.channels.size(), 6);
    for (std::size_t i = 0; i < 6; ++i)
      EXPECT_NEAR(std::ldexp(quant.channels[i].scale, -quant.channels[i].shift),
                  some[some.size() == 6 ? i : i / 3], 1e-9);
    EXPECT_EQ(differing(network.report()), 0);
  }
}

// Torch2Chip's MulQuant per token: x * s + b in float32, then a rounding.
TEST(LowerTokens, OfAMulShiftJoinItsQuantizer) {
  Faithful network = tokens_product(3);
  network
      .real("scaled", {"fc"},
            FloatMulShift{.scale = {0.011F, 0.003F}, .bias = {1, 2, 3, -4, 5, 6}, .tokens = 2})
      .real("twice", {"scaled"}, FloatMulShift{.scale = {1, 2, 0.5F}, .bias = {1}})
      .quantizer("y", "twice", 1.0F, 100);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc.raw:int_matmul(x) y:mul_quant(fc.raw)");
  const MulQuant quant = quant_of(lowered, "y");
  EXPECT_EQ(quant.tokens, 2);
  ASSERT_EQ(quant.channels.size(), 6);
  const double scales[] = {0.011, 0.022, 0.0055, 0.003, 0.006, 0.0015};
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(std::ldexp(quant.channels[i].scale, -quant.channels[i].shift), scales[i], 1e-9);
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerTokens, WithAResidualAreNoAddition) {
  Faithful network;
  network.input({2, 4}, kInt8)
      .real("a", {"x"}, FloatMulShift{.scale = {3, 5}, .bias = {0}, .shift = 2, .tokens = 2})
      .real("b", {"x"}, FloatMulShift{.scale = {1}, .bias = {0.5F}, .shift = 1})
      .quantizer("b.codes", "b", 4.0F, 128)
      .real("b.reals", {"b.codes"}, Dequantize{{.scale = 0.25, .type = {.bits = 9}}})
      .real("sum", {"b.reals", "a"}, FloatIsland{Add{}})
      .quantizer("y", "sum", 0.5F, 100);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(op_name(find_node(lowered.network, "y").op), "mul_quant") << describe(lowered.network);
  EXPECT_EQ(quant_of(lowered, "y").tokens, 2);
  EXPECT_EQ(find_node(lowered.network, "y").inputs.size(), 2);
  expect_within(network.report(), 1);
}

TEST(LowerTokens, OfTheHardwareTakeTheirChannelsBias) {
  Faithful network = tokens_product();
  network
      .add("sum", {"fc"},
           MulShift{.channels = {{.scale = 1, .bias = 100},
                                 {.scale = 1, .bias = -7},
                                 {.scale = 1, .bias = 900}}})
      .add("y", {"sum"},
           MulQuant{.channels = {{.scale = 3, .bias = 5, .shift = 8},
                                 {.scale = -2, .bias = 1, .shift = 9}},
                    .clamp = {-128, 127},
                    .tokens = 2},
           {.type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  const MulQuant quant = quant_of(lowered, "y");
  EXPECT_EQ(quant.tokens, 2);
  std::vector<std::int64_t> biases;
  for (const MulQuantChannel& channel : quant.channels) biases.push_back(channel.bias);
  EXPECT_EQ(biases, (std::vector<std::int64_t>{305, -16, 2705, -199, 15, -1799}));
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerTokens, OfTheHardwareWithoutABiasStayAsTheyAre) {
  Faithful network = tokens_product();
  network.add("y", {"fc"},
              MulQuant{.channels = {{.scale = 3, .shift = 8}}, .clamp = {-128, 127}, .tokens = 2},
              {.type = kInt8});
  EXPECT_EQ(network.lowered().network, network.network);
}

/// Codes less their zero point, with a step per token.
QuantizeReal per_token_quantizer(std::vector<std::int32_t> zero_points) {
  return {.range = {0, 255},
          .subtract = true,
          .token_factors = {0.5F, 4},
          .token_zero_points = std::move(zero_points)};
}

TEST(LowerTokens, OfAQuantizerShareItsClamp) {
  Faithful network = tokens_product();
  network.real("scaled", {"fc"}, FloatMulShift{{1}, {0}, 8})
      .add("y", {"scaled"}, per_token_quantizer({100, 100}), {.type = {.bits = 9}});
  EXPECT_EQ(describe(network.lowered().network), "fc:int_matmul(x) y:mul_quant(fc)");
  EXPECT_EQ(quant_of(network.lowered(), "y").clamp, (IntRange{-100, 155}));
  EXPECT_EQ(differing(network.report()), 0);
}

// Each token's codes would need a clamp of their own.
TEST(LowerTokens, OfAQuantizerWithItsOwnZeroPointsAreTheHosts) {
  Faithful network = tokens_product();
  network.real("scaled", {"fc"}, FloatMulShift{{1}, {0}, 8})
      .add("y", {"scaled"}, per_token_quantizer({200, 20}), {.type = {.bits = 9}});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "fc:int_matmul(x) scaled:mul_quant(fc) scaled.real:dequantize(scaled) "
            "y:quantize(scaled.real)");
  EXPECT_EQ(host_reason_of(lowered, "y"), "its zero points differ from token to token");
  EXPECT_LE(differing(network.report()), 3);
}

TEST(LowerTokens, OfAQuantizerComeBehindAStreamWithTheRelu) {
  Faithful network = tokens_product();
  network.real("scaled", {"fc"}, FloatMulShift{{1}, {0}, 8})
      .real("relu", {"scaled"}, FloatIsland{Relu{.max = 6}})
      .add("y", {"relu"}, per_token_quantizer({100, 100}), {.type = {.bits = 9}});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) relu:mul_quant(fc) y:mul_quant(relu)");
  EXPECT_EQ(quant_of(lowered, "y").tokens, 2);
  expect_within(network.report(), 1);
}

TEST(LowerMovements, RollCodesOfReals) {
  Faithful network = tokens_product();
  network.real("scaled", {"fc"}, FloatMulShift{{1}, {0}, 8})
      .real("rolled", {"scaled"}, Roll{{1, -1}})
      .quantizer("y", "rolled", 0.5F, 100);
  EXPECT_EQ(describe(network.lowered().network),
            "fc:int_matmul(x) scaled:mul_quant(fc) y:roll(scaled)");
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(KeptOfTransformers, AreTheOpsThatTheDesignHasNoUnitFor) {
  Faithful network;
  network.input({2, 2, 3}, kInt8)
      .add("bias", {"x"}, IntConstant{random_codes({2, 2, 3}, -128, 127, 1)}, {.type = kInt8})
      .add("scores", {"x", "bias"},
           MulQuant{.channels = {{.scale = 100, .residual_scale = 9}}, .clamp = {-32768, 32767}},
           {.type = {.bits = 16}})
      .add("p", {"scores"},
           RealSoftmax{.rule = SoftmaxRule::kTimes, .operand_scale = 1e-4, .clamp = {0, 255}},
           {.scale = 1.0 / 255, .type = {8, false}})
      .add("t", {"x"}, ScoreSoftmax{.scale = {0.01F}, .bias = {0}},
           {.scale = 1.0 / 255, .type = {8, false}})
      .add("rolled", {"p"}, Roll{{0, 1, 1}}, {.scale = 1.0 / 255, .type = {8, false}});
  network.network.outputs = {"rolled", "t"};
  const Lowered lowered = network.lowered();
  EXPECT_EQ(host_reason_of(lowered, "bias"), "holds constants");
  EXPECT_EQ(host_reason_of(lowered, "scores"), "");
  EXPECT_EQ(host_reason_of(lowered, "p"), "the design has no softmax");
  EXPECT_EQ(host_reason_of(lowered, "t"), "the design has no softmax");
  EXPECT_EQ(host_reason_of(lowered, "rolled"), "moves data only");
  expect_within(network.report(), 1);
}

// The constant of a batch of reals: what the reals are does not matter.
TEST(KeptOfTransformers, ReasonsOfIslandsSayWhatTheyCompute) {
  Faithful network;
  network.input({2}, {.bits = 4, .is_signed = false})
      .real("words", {"x"}, FloatIsland{Embedding{FloatTensor({16, 3}, 1)}})
      .real("g", {"words"}, FloatIsland{Gelu{}})
      .real("square", {"g", "g"}, FloatIsland{BatchMatmul{.transpose_b = true}})
      .real("moved", {"g"}, FloatIsland{AddConstant{FloatTensor({3}, 1)}})
      .add("c", {"moved"}, IntConstant{IntTensor({3}, 5)}, {.type = kInt8});
  network.network.outputs = {"moved", "square", "c"};
  const Lowered lowered = lower(network.network, {}, {});
  EXPECT_EQ(lowered.network, network.network);
  EXPECT_EQ(host_reason_of(lowered, "words"), "looks up rows of reals");
  EXPECT_EQ(host_reason_of(lowered, "square"),
            "a float product of two activations: they are not quantised");
  EXPECT_EQ(host_reason_of(lowered, "g"), "float arithmetic on reals that a host op computes");
}

}  // namespace
}  // namespace systole
