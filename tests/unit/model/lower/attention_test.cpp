// attention_test.cpp: products of two activations, scores, and constants per token.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

constexpr IntType kUint8 = {.bits = 8, .is_signed = false};

/// q and k [heads, tokens, 4] of the input, multiplied and weighed.
Faithful scored(const ScoreSoftmax& softmax, const IntBatchMatmul& product, IntType type = kInt8,
                std::int32_t zero_point = 0) {
  Faithful network;
  network.input({2, 6, 4}, type, zero_point)
      .add("k", {"x"}, Roll{.shift = {0, 1, 1}}, {.zero_point = zero_point, .type = type})
      .add("qk", {"x", "k"}, product)
      .add("p", {"qk"}, softmax, {.scale = 1.0 / 255, .type = kUint8});
  return network;
}

const IntBatchMatmul kKeysTransposed = {.transpose_b = true};
const ScoreSoftmax kScale = {.scale = {512.0F}, .bias = {0.0F}, .shift = 20, .is_double = true};

TEST(LoweredAttention, BringsScoresToSixteenBitsOnTheLanes) {
  const Faithful network = scored(kScale, kKeysTransposed);
  EXPECT_TRUE(needs_lowering(network.network));
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "k:roll(x) qk:int_batch_matmul(x,k) p.scores:mul_quant(qk) p:softmax(p.scores)");
  const IntNode scores = find_node(lowered.network, "p.scores");
  EXPECT_EQ(scores.output.type, IntType{.bits = 16});
  const auto softmax = std::get<RealSoftmax>(find_node(lowered.network, "p").op);
  EXPECT_EQ(softmax.rule, SoftmaxRule::kTimes);
  EXPECT_EQ(softmax.factor, 255);
  EXPECT_EQ(softmax.operand_scale, scores.output.scale);
  // One step of the sums is 512 / 2^20 of a score.
  const MulQuantChannel channel = quant_of(lowered, "p.scores").channels.at(0);
  EXPECT_NEAR(std::ldexp(channel.scale, -channel.shift) * softmax.operand_scale, 512 * 0x1p-20,
              1e-12);
  expect_within(network.report(), 1);
  EXPECT_FALSE(needs_lowering(lowered.network));
}

TEST(LoweredAttention, LeavesRoomForTwiceTheScoresOfTheCalibration) {
  const Faithful network = scored(kScale, kKeysTransposed);
  const Peaks peaks = measure_peaks(network.network, network.samples());
  const Lowered lowered = network.lowered();
  EXPECT_DOUBLE_EQ(find_node(lowered.network, "p.scores").output.scale, 2 * peaks.at("p") / 32767);
}

TEST(LoweredAttention, AddsARelativeBiasAsTheResidualOfTheLanes) {
  ScoreSoftmax softmax = kScale;
  softmax.relative_bias = FloatTensor({2, 6, 6});
  for (std::int64_t i = 0; i < 72; ++i) softmax.relative_bias[i] = static_cast<float>(i % 7) - 3.0F;
  const Faithful network = scored(softmax, kKeysTransposed);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "k:roll(x) qk:int_batch_matmul(x,k) p.addend:constant(qk) "
            "p.scores:mul_quant(qk,p.addend) p:softmax(p.scores)");
  const IntNode addend = find_node(lowered.network, "p.addend");
  const IntTensor codes = std::get<IntConstant>(addend.op).value;
  EXPECT_EQ(codes.shape, (Shape{2, 6, 6}));
  EXPECT_NEAR(codes[1] * addend.output.scale, -2.0, addend.output.scale);
  expect_within(network.report(), 1);
}

TEST(LoweredAttention, GivesKeysOutsideAWindowTheProbabilityZero) {
  ScoreSoftmax softmax = kScale;
  softmax.window_mask = FloatTensor({2, 1, 6});
  for (std::int64_t key = 3; key < 6; ++key) softmax.window_mask[key] = -100.0F;
  const Faithful network = scored(softmax, kKeysTransposed);
  expect_within(network.report(), 1);
  IntTensor p;
  run_integer(network.lowered().network, network.samples(),
              [&](const IntNode& node, const AnyTensor& y) {
                if (node.name == "p") p = integers(y);
              });
  // The first head of the first sample: three keys are left out, of the second none.
  std::int64_t left_out = 0, there = 0;
  for (std::int64_t query = 0; query < 6; ++query)
    for (std::int64_t key = 0; key < 6; ++key) (key < 3 ? there : left_out) += p[query * 6 + key];
  EXPECT_EQ(left_out, 0);
  EXPECT_NEAR(static_cast<double>(there), 6 * 255, 12);
}

TEST(LoweredAttention, KeepsAMaskOfKeysAsTheSoftmaxesSecondOperand) {
  Faithful network = scored(kScale, kKeysTransposed);
  network.network.inputs.push_back(
      {.name = "mask", .shape = {6}, .quantization = {.type = {.bits = 1, .is_signed = false}}});
  network.network.nodes.back().inputs.push_back("mask");
  EXPECT_EQ(describe(network.lowered().network),
            "k:roll(x) qk:int_batch_matmul(x,k) p.scores:mul_quant(qk) p:softmax(p.scores,mask)");
  expect_within(network.report(), 1);
}

TEST(LoweredAttention, TakesConstantsOfEveryScore) {
  ScoreSoftmax softmax = kScale;
  softmax.scale.clear();
  for (int i = 0; i < 36; ++i) softmax.scale.push_back(400.0F + 10.0F * static_cast<float>(i));
  const Faithful network = scored(softmax, kKeysTransposed);
  const MulQuant quant = quant_of(network.lowered(), "p.scores");
  EXPECT_EQ(quant.tokens, 6);
  EXPECT_EQ(quant.channels.size(), 36U);
  expect_within(network.report(), 1);
}

TEST(LoweredAttention, TakesZeroPointsOffBeforeTheProduct) {
  const Faithful network =
      scored(kScale, {.transpose_b = true, .zero_point_a = 10, .zero_point_b = 10}, kUint8, 10);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "k:roll(x) x.centred:mul_quant(x) k.centred:mul_quant(k) "
            "qk:int_batch_matmul(x.centred,k.centred) p.scores:mul_quant(qk) p:softmax(p.scores)");
  EXPECT_TRUE(has_unfit_products(network.network));
  EXPECT_FALSE(has_unfit_products(lowered.network));
  EXPECT_EQ(quant_of(lowered, "x.centred").clamp, (IntRange{-10, 245}));
  expect_within(network.report(), 1);
  EXPECT_FALSE(needs_lowering(lowered.network));
}

TEST(LoweredAttention, KeepsAProductOfCodesThatNeedMoreThanNineBits) {
  Faithful network;
  const IntType wide = {.bits = 10};
  network.input({6, 4}, wide).add("y", {"x", "x"}, kKeysTransposed);
  const Lowered lowered = network.lowered();
  ASSERT_EQ(lowered.kept.size(), 1U);
  EXPECT_EQ(lowered.kept[0].reason, "x needs more than the array's 9 bits");
}

/// Sums of heads that are merged before they are requantised, as Swin has them.
Faithful merged(std::vector<double> factors) {
  Faithful network;
  network.input({2, 6, 4}, kInt8)
      .add("sums", {"x", "x"}, IntBatchMatmul{.transpose_b = true})
      .add("tokens", {"sums"}, Transpose{.order = {1, 0, 2}})
      .add("merge", {"tokens"}, Reshape{.shape = {6, 12}})
      .add("y", {"merge"},
           Requantise{.dialect = DoubleScale{.factors = std::move(factors),
                                             .rounding = Rounding::kHalfEven},
                      .clamp = {-128, 127}},
           {.scale = 0.5, .type = kInt8});
  return network;
}

TEST(LoweredAttention, RequantisesSumsBeforeTheyAreMoved) {
  const Faithful network = merged({0.013});
  EXPECT_EQ(describe(network.lowered().network),
            "sums:int_batch_matmul(x,x) y.codes:mul_quant(sums) tokens.codes:transpose(y.codes) "
            "y:reshape(tokens.codes)");
  const LowerReport report = network.report();
  EXPECT_EQ(report.ops.back().op, "y");
  EXPECT_EQ(report.ops.back().compared, 16 * 72);
  expect_within(report, 0);
}

TEST(LoweredAttention, LeavesMovedSumsWithConstantsPerChannelWhereTheyAre) {
  const Faithful network =
      merged({.013, .017, .019, .023, .029, .031, .013, .017, .019, .023, .029, .031});
  EXPECT_EQ(describe(network.lowered().network),
            "sums:int_batch_matmul(x,x) tokens:transpose(sums) merge:reshape(tokens) "
            "y:mul_quant(merge)");
  expect_within(network.report(), 0);
}

/// A linear layer of codes with a step per token, to codes with another.
TEST(LoweredAttention, GivesEveryTokenItsOwnConstants) {
  Faithful network;
  FloatMulShift shift{.bias = {8.0F, 0.0F, -8.0F}, .shift = 4, .tokens = 2};
  shift.scale = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
  shift.bias = {8.0F, 0.0F, -8.0F, 8.0F, 0.0F, -8.0F};
  const QuantizeReal quantizer{.range = {-128, 127},
                               .subtract = true,
                               .token_factors = {0.25F, 2.0F},
                               .token_zero_points = {0, 0}};
  network.input({2, 4}, kInt8)
      .add("fc", {"x"}, IntMatmul{random_codes({4, 3}, -9, 9, 3)})
      .real("real", {"fc"}, shift)
      .add("y", {"real"}, quantizer, {.type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  const MulQuant quant = quant_of(lowered, "y");
  EXPECT_EQ(quant.tokens, 2);
  ASSERT_EQ(quant.channels.size(), 6U);
  const auto real = [&](std::size_t i) {
    return std::ldexp(quant.channels[i].scale, -quant.channels[i].shift);
  };
  EXPECT_NEAR(real(0), 1.0 / 16 / 4, 1e-9);
  EXPECT_NEAR(real(2), 3.0 / 16 / 4, 1e-9);
  EXPECT_NEAR(real(3), 4.0 / 16 * 2, 1e-9);
  expect_within(network.report(), 0);
}

TEST(LoweredAttention, MovesAStreamToAQuantizerWithAStepPerToken) {
  Faithful network;
  const QuantizeReal quantizer{.range = {-128, 127},
                               .subtract = true,
                               .token_factors = {0.25F, 2.0F, 1.0F},
                               .token_zero_points = {0, 0, 0}};
  network.input({2, 4}, kInt8)
      .add("fc", {"x"}, IntMatmul{random_codes({4, 3}, -9, 9, 3)})
      .real("real", {"fc"}, FloatMulShift{.scale = {1.0F}, .bias = {0.0F}, .shift = 4})
      .real("moved", {"real"}, Transpose{.order = {1, 0}})
      .add("y", {"moved"}, quantizer, {.type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "fc:int_matmul(x) real:mul_quant(fc) moved:transpose(real) y:mul_quant(moved)");
  EXPECT_EQ(quant_of(lowered, "real").tokens, 1);
  EXPECT_EQ(quant_of(lowered, "y").tokens, 3);
  expect_within(network.report(), 1);
}

}  // namespace
}  // namespace systole
