// tokens_test.cpp: quantizers with a scale per token on the integer path.
#include "model/config/error.h"
#include "tests/unit/model/fuse/attention.h"

namespace systole {
namespace {

QuantizerRecipe per_token(bool is_symmetric = true) {
  return {.is_symmetric = is_symmetric, .granularity = PerToken{.axis = -2}};
}

/// The recipe with one quantizer per token at the ops of these names.
EncodedNetwork with_tokens(const AttentionPattern& pattern, const std::vector<std::string>& ops,
                           bool is_symmetric = true) {
  Recipe recipe;
  recipe.activations = per_token(is_symmetric);
  EncodedNetwork tokens = pattern.encoded(recipe);
  EncodedNetwork result = pattern.encoded();
  for (const std::string& op : ops) result.tensors[op] = tokens.tensors.at(op);
  return result;
}

void expect_close_to_float(const AttentionPattern& pattern, const EncodedNetwork& encoded) {
  const FusedNetwork fused = fuse(encoded);
  const PathComparison paths =
      compare_paths({encoded, &fused.network, fused.float_names}, samples_of(pattern.codes));
  for (const PathDifference& op : paths.ops) EXPECT_GT(sqnr_db(op.integer_to_float), 30) << op.op;
}

/// 3 tokens whose norms have gains of very different sizes, so that one scale would not do.
AttentionPattern normed() {
  AttentionPattern pattern;
  pattern.input("x", {3, 4}, 0.0625).norm("norm", "x", 4);
  pattern.add("sizes", {"norm"}, AddConstant{.value = FloatTensor({3, 1}, {0.5F, 20, 400})});
  pattern.linear("fc", "sizes", {4, 2});
  return pattern;
}

TEST(FuseTokens, AnIslandAndTheLinearOpBehindItHaveAScalePerToken) {
  const AttentionPattern pattern = normed();
  const EncodedNetwork encoded = with_tokens(pattern, {"sizes"});
  const Encoding& tokens = encoded.tensors.at("sizes");
  ASSERT_EQ(tokens.scale.size(), 3);
  const FusedNetwork fused = fuse(encoded);
  const auto quantizer = op_of<QuantizeReal>(fused, "sizes.quant");
  ASSERT_EQ(quantizer.token_factors.size(), 3U);
  for (std::size_t t = 0; t < 3; ++t)
    EXPECT_EQ(quantizer.token_factors[t],
              static_cast<float>(tokens.scale[static_cast<std::int64_t>(t)]));
  const MulQuant quant = quant_of(fused, "fc.quant");
  EXPECT_EQ(quant.tokens, 3);
  ASSERT_EQ(quant.channels.size(), 6U);
  const double out = find_node(fused.network, "fc.quant").output.scale;
  const Tensor<double> weights = steps(encoded.weights.at("fc").encoding);
  for (std::int64_t t = 0; t < 3; ++t)
    for (std::int64_t c = 0; c < 2; ++c) {
      const double expected = tokens.scale[t] * weights[c] / out;
      EXPECT_NEAR(real_scale_of(quant.channel(t, c)) / expected, 1, 1e-4) << t << " " << c;
    }
  expect_close_to_float(pattern, encoded);
}

TEST(FuseTokens, ZeroPointsPerTokenFoldIntoTheBiases) {
  const AttentionPattern pattern = normed();
  const EncodedNetwork encoded = with_tokens(pattern, {"sizes"}, false);
  EXPECT_EQ(op_of<QuantizeReal>(fuse(encoded), "sizes.quant").token_zero_points.size(), 3U);
  expect_close_to_float(pattern, encoded);
}

TEST(FuseTokens, ProductsGiveAScalePerTokenToo) {
  AttentionPattern pattern;
  pattern.scores()
      .weigh("scores")
      .add("rows", {"attnv"}, Transpose{{1, 0, 2}})
      .add("merge", {"rows"}, Reshape{{3, 8}})
      .linear("proj", "merge", {8, 2});
  const EncodedNetwork encoded = with_tokens(pattern, {"attnv"});
  ASSERT_EQ(encoded.tensors.at("attnv").scale.size(), 3);
  const FusedNetwork fused = fuse(encoded);
  EXPECT_EQ(quant_of(fused, "attnv.quant").tokens, 3);
  EXPECT_EQ(quant_of(fused, "attnv.quant").channels.size(), 3U);
  EXPECT_EQ(quant_of(fused, "proj.quant").tokens, 3);
  expect_close_to_float(pattern, encoded);
}

TEST(FuseTokens, ASliceTakesItsTokensScales) {
  AttentionPattern pattern;
  pattern.input("x", {3, 4}, 0.0625).norm("norm", "x", 4);
  pattern.add("sizes", {"norm"}, AddConstant{.value = FloatTensor({3, 1}, {0.5F, 20, 400})})
      .add("rolled", {"sizes"}, Roll{{1, 0}})  // 400, 0.5, 20.
      .add("last", {"rolled"}, Slice{{{2, 1, 1}, {0, 4, 1}}})
      .add("flat", {"last"}, Flatten{})
      .linear("fc", "flat", {4, 2});
  const EncodedNetwork encoded = with_tokens(pattern, {"sizes"});
  const MulQuant quant = quant_of(fuse(encoded), "fc.quant");
  EXPECT_EQ(quant.tokens, 1);
  const double out = find_node(fuse(encoded).network, "fc.quant").output.scale;
  const double weight = steps(encoded.weights.at("fc").encoding)[0];
  EXPECT_NEAR(real_scale_of(quant.channels[0]), encoded.tensors.at("sizes").scale[1] * weight / out,
              1e-4);
  expect_close_to_float(pattern, encoded);
}

void expect_refusal(const EncodedNetwork& encoded, const std::string& message) {
  try {
    fuse(encoded);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), message);
  }
}

TEST(FuseTokens, OtherOpsRefuseThem) {
  AttentionPattern products;
  products.input("x", {3, 4}, 0.0625).norm("a", "x", 4).norm("b", "x", 4);
  products.add("ab", {"a", "b"}, BatchMatmul{.transpose_b = true});
  expect_refusal(with_tokens(products, {"b"}),
                 "b: got 3 scales, expected one scale for what ab takes; scales per token are for "
                 "what linear ops take, moved or not");

  AttentionPattern joined;
  joined.input("x", {3, 4}, 0.0625)
      .norm("a", "x", 4)
      .add("flat", {"a"}, Flatten{})
      .linear("fc", "flat", {12, 2});
  expect_refusal(with_tokens(joined, {"a"}),
                 "flat: got 3 scales along axis 1 of [1, 3, 4], expected a movement that keeps "
                 "tokens whole, without its own quantizer; granularity: tensor");

  AttentionPattern turned;
  turned.input("x", {3, 4}, 0.0625)
      .norm("a", "x", 4)
      .add("t", {"a"}, Transpose{{1, 0}})
      .linear("fc", "t", {3, 2});
  expect_refusal(with_tokens(turned, {"a"}),
                 "fc: got 3 scales along axis 2 of [1, 4, 2], expected scales per token along the "
                 "last axis but one; granularity: tensor");

  AttentionPattern affine = normed();
  affine.linear("fc2", "fc", {2, 2});
  expect_refusal(with_tokens(affine, {"sizes", "fc"}, false),
                 "fc: got zero points per token behind an integer op, expected codes without zero "
                 "points; symmetric: true");
}

}  // namespace
}  // namespace systole
