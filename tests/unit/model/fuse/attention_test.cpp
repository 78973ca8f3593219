// attention_test.cpp: products of two activations, scores, masks and softmax.
#include "tests/unit/model/fuse/attention.h"

#include <cmath>

#include "model/config/error.h"
#include "model/quant/encoding_exchange.h"

namespace systole {
namespace {

TEST(FuseAttention, ScoresAndWeightedValuesAreProductsAndMulQuants) {
  AttentionPattern pattern;
  pattern.scores().weigh("scores");
  EXPECT_EQ(describe(pattern.fused().network),
            "qk:int_batch_matmul(q,k) qk.quant:mul_quant(qk) p:softmax(qk.quant) "
            "attnv:int_batch_matmul(p,v) attnv.quant:mul_quant(attnv)");
  EXPECT_EQ(pattern.fused().float_names.at("qk.quant"), "scores");
  pattern.expect_close(35);
}

/// d^(-1/2) / (S_q S_k) times S_scores; S_out / (S_v 255).
TEST(FuseAttention, ScalesAreTheFormulas) {
  AttentionPattern pattern;
  pattern.scores().weigh("scores");
  EncodedNetwork encoded = pattern.encoded();
  encoded.tensors["scores"] = covering("scores", {-32.767, 32.767}, {.bits = 16});
  encoded.tensors["attnv"] = covering("attnv", {-25.4, 25.4}, {.bits = 8});
  const FusedNetwork fused = fuse(encoded);
  const MulQuant scores = quant_of(fused, "qk.quant");
  ASSERT_EQ(scores.channels.size(), 1U);
  EXPECT_NEAR(real_scale_of(scores.channels[0]), 0.5 * 0.0625 * 0.03125 / 0.001, 1e-4);
  const MulQuant weighted = quant_of(fused, "attnv.quant");
  EXPECT_NEAR(real_scale_of(weighted.channels[0]), 0.125 / 255 / 0.2, 1e-6);
  const auto softmax = op_of<RealSoftmax>(fused, "p");
  EXPECT_EQ(softmax.rule, SoftmaxRule::kTimes);
  EXPECT_NEAR(softmax.operand_scale, 0.001, 1e-12);
  EXPECT_EQ(softmax.factor, 255);
  EXPECT_EQ(find_node(fused.network, "p").output,
            (Quantization{.scale = 1.0 / 255, .type = {8, false}}));
  EXPECT_TRUE(op_of<IntBatchMatmul>(fused, "qk").transpose_b);
  EXPECT_FALSE(op_of<IntBatchMatmul>(fused, "attnv").transpose_b);
}

TEST(FuseAttention, AProbabilityOf1MayBe256) {
  AttentionPattern pattern;
  pattern.scores().weigh("scores");
  Recipe recipe;
  recipe.probability_factor = 256;
  const FusedNetwork fused = pattern.fused(recipe);
  EXPECT_EQ(op_of<RealSoftmax>(fused, "p").factor, 256);
  EXPECT_EQ(op_of<RealSoftmax>(fused, "p").clamp, (IntRange{0, 256}));
  EXPECT_EQ(find_node(fused.network, "p").output,
            (Quantization{.scale = 1.0 / 256, .type = {9, false}}));
  pattern.expect_close(35, recipe);
}

TEST(FuseAttention, ZeroPointsOfBothOperandsAreTheProducts) {
  AttentionPattern pattern;
  pattern.scores().weigh("scores");
  for (NetworkInput& input : pattern.network.inputs) input.quantization.zero_point = -5;
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(op_of<IntBatchMatmul>(fused, "qk").zero_point_a, -5);
  EXPECT_EQ(op_of<IntBatchMatmul>(fused, "qk").zero_point_b, -5);
  EXPECT_EQ(op_of<IntBatchMatmul>(fused, "attnv").zero_point_a, 0);
  EXPECT_EQ(op_of<IntBatchMatmul>(fused, "attnv").zero_point_b, -5);
  pattern.expect_close(35);
}

TEST(FuseAttention, ConstantsBehindTheScoresAreOneResidual) {
  AttentionPattern pattern;
  pattern.scores()
      .add("bias", {"scores"}, AddConstant{.value = FloatTensor({2, 1, 3}, {1, 2, 3, -4, 5, 6})})
      .add("window", {"bias"}, AddConstant{.value = FloatTensor({3, 1}, {0, 10, -2})})
      .weigh("window");
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network),
            "qk:int_batch_matmul(q,k) bias:constant(q) qk.quant:mul_quant(qk,bias) "
            "p:softmax(qk.quant) attnv:int_batch_matmul(p,v) attnv.quant:mul_quant(attnv)");
  const IntTensor constant = op_of<IntConstant>(fused, "bias").value;
  const double step = find_node(fused.network, "bias").output.scale;
  EXPECT_NEAR(step, 16.0 / 32767, 1e-12);  // 6 + 10.
  EXPECT_EQ(constant.shape, (Shape{2, 3, 3}));
  const double first_head[] = {1, 2, 3, 11, 12, 13, -1, 0, 1};
  for (std::int64_t i = 0; i < 9; ++i) EXPECT_NEAR(constant[i] * step, first_head[i], step / 2);
  EXPECT_NEAR(constant[9 + 3] * step, 6, step / 2);
  EXPECT_EQ(fused.float_names.at("qk.quant"), "window");
  pattern.expect_close(35);
}

TEST(FuseAttention, AnExcludedPositionHasProbability0AndTakesNoPrecision) {
  for (const float excluded : {-100.0F, -1e4F, -3.4e38F}) {
    AttentionPattern pattern;
    FloatTensor mask({3, 3}, 0.0F);
    mask[1] = mask[5] = excluded;
    pattern.scores().add("mask", {"scores"}, AddConstant{.value = mask}).weigh("mask");
    const FusedNetwork fused = pattern.fused();
    EXPECT_LT(find_node(fused.network, "qk.quant").output.scale, 160.0 / 32767) << excluded;
    IntTensor p;
    run_integer(fused.network, pattern.codes, [&](const IntNode& node, const AnyTensor& y) {
      if (node.name == "p") p = integers(y);
    });
    for (std::int64_t head = 0; head < 8; ++head) {
      EXPECT_EQ(p[head * 9 + 1], 0) << excluded;
      EXPECT_EQ(p[head * 9 + 5], 0) << excluded;
      EXPECT_GT(p[head * 9 + 0] + p[head * 9 + 2], 250) << excluded;
    }
  }
}

TEST(FuseAttention, APaddingMaskIsTheSoftmaxsSecondOperand) {
  AttentionPattern pattern;
  pattern.scores()
      .numbers("mask", {3}, 2)
      .add("masked", {"scores", "mask"}, MaskScores{})
      .weigh("masked");
  EXPECT_EQ(describe(pattern.fused().network),
            "qk:int_batch_matmul(q,k) qk.quant:mul_quant(qk) p:softmax(qk.quant,mask) "
            "attnv:int_batch_matmul(p,v) attnv.quant:mul_quant(attnv)");
  pattern.expect_close(35);
}

/// The mask as reals.
AttentionPattern with_real_mask() {
  AttentionPattern pattern;
  pattern.scores()
      .numbers("mask", {3}, 2)
      .add("masked", {"scores", "mask"}, MaskScores{})
      .weigh("masked");
  const IntTensor mask = integers(pattern.codes["mask"]);
  pattern.codes["mask"] = FloatTensor(mask.shape, {mask.data.begin(), mask.data.end()});
  pattern.network.inputs.back() = {.name = "mask", .shape = {3}, .is_float = true};
  return pattern;
}

TEST(FuseAttention, AMaskOfRealsBecomesCodes) {
  const AttentionPattern pattern = with_real_mask();
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "p").inputs, (std::vector<std::string>{"qk.quant", "mask"}));
  EXPECT_FALSE(fused.network.inputs.back().is_float);
  EXPECT_EQ(fused.network.inputs.back().quantization, (Quantization{.type = {1, false}}));
  pattern.expect_close(35);
}

TEST(FuseAttention, AFileOfEncodingsHasNoMask) {
  const EncodedNetwork encoded = with_real_mask().encoded();
  EXPECT_TRUE(encoded.tensors.contains("mask"));
  for (const EncodingEntry& entry : to_encodings_file(encoded, AimetVersion::k100).entries)
    EXPECT_NE(entry.encoding.name, "mask");
}

TEST(FuseAttention, AMaskOfOtherRealsIsRefused) {
  AttentionPattern pattern = with_real_mask();
  std::get<FloatTensor>(pattern.codes["mask"])[4] = 0.5F;
  try {
    pattern.fused();
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "mask: got 0.5 at element [1, 1], expected 0 or 1 in a mask");
  }
}

TEST(FuseAttention, AMaskThatExcludesNothingIsAddedInReals) {
  AttentionPattern pattern;
  pattern.scores()
      .numbers("mask", {3}, 2)
      .add("masked", {"scores", "mask"}, MaskScores{.value = -1})
      .weigh("masked");
  EXPECT_EQ(describe(pattern.fused().network),
            "qk:int_batch_matmul(q,k) qk.quant:mul_quant(qk) "
            "qk.quant.real:dequantize(qk.quant) mask.real:dequantize(mask) "
            "masked:float_mask_scores(qk.quant.real,mask.real) masked.quant:quantize(masked) "
            "p:softmax(masked.quant) attnv:int_batch_matmul(p,v) attnv.quant:mul_quant(attnv)");
  pattern.expect_close(35);
}

TEST(FuseAttention, AMaskHolds0And1) {
  AttentionPattern pattern;
  pattern.scores()
      .numbers("mask", {3}, 2)
      .add("masked", {"scores", "mask"}, MaskScores{})
      .weigh("masked");
  pattern.network.inputs.back().quantization.type = {8, false};
  try {
    pattern.fused();
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "mask: got codes 0 to 255, scale 1, zero point 0, expected 0 or 1 as the mask "
                 "of masked; give the input type uint1");
  }
}

TEST(FuseAttention, ASoftmaxThatNoIntegerOpReadsStaysInReals) {
  AttentionPattern pattern;
  pattern.scores().add("p", {"scores"}, Softmax{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network),
            "qk:int_batch_matmul(q,k) qk.quant:mul_quant(qk) "
            "qk.quant.real:dequantize(qk.quant) p:float_softmax(qk.quant.real)");
  EXPECT_EQ(fused.network.outputs, std::vector<std::string>{"p"});
}

TEST(FuseAttention, ASoftmaxMayHaveAQuantizerOfItsOwn) {
  AttentionPattern pattern;
  pattern.scores().weigh("scores");
  EncodedNetwork encoded = pattern.encoded();
  encoded.tensors["p"] = covering("p", {0, 0.5}, {.bits = 4, .is_signed = false});
  const auto softmax = op_of<RealSoftmax>(fuse(encoded), "p");
  EXPECT_EQ(softmax.rule, SoftmaxRule::kDouble);
  EXPECT_DOUBLE_EQ(softmax.output_scale, 0.5 / 15);
  EXPECT_EQ(softmax.clamp, (IntRange{0, 15}));
}

TEST(FuseAttention, HeadsMoveAsCodes) {
  AttentionPattern pattern;
  pattern.input("x", {3, 8}, 0.0625)
      .linear("qkv", "x", {8, 16})
      .add("split", {"qkv"}, Reshape{{3, 2, 2, 4}})
      .add("part", {"split"}, Slice{{{0, 3, 1}, {1, 1, 1}, {0, 2, 1}, {0, 4, 1}}})
      .add("rows", {"part"}, Reshape{{3, 2, 4}})
      .add("q", {"rows"}, Transpose{{1, 0, 2}})
      .add("rolled", {"q"}, Roll{{0, 1, 0}})
      .add("qq", {"rolled", "q"}, BatchMatmul{.transpose_b = true});
  EXPECT_EQ(describe(pattern.fused().network),
            "qkv:int_matmul(x) qkv.quant:mul_quant(qkv) split:reshape(qkv.quant) "
            "part:slice(split) rows:reshape(part) q:transpose(rows) rolled:roll(q) "
            "qq:int_batch_matmul(rolled,q) qq.quant:mul_quant(qq)");
  pattern.expect_close(30);
}

}  // namespace
}  // namespace systole
