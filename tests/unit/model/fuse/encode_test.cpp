// encode_test.cpp: quantizers where recipes put them, and what becomes of the integer network.
#include "model/fuse/encode.h"

#include <gmock/gmock.h>

#include <cmath>

#include "model/network/statistics.h"
#include "tests/unit/model/fuse/patterns.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::HasSubstr;

Recipe parsed(const std::string& yaml) {
  const TemporaryFolder folder;
  test::write_text(folder.path("r.yaml"), yaml);
  return load_recipe(folder.path("r.yaml"));
}

/// conv a, relu, conv b, batch norm, an addition of both, conv c.
Pattern residual() {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, Relu{});
  pattern.conv("b", "ar", 2).norm("n", "b", 3).add("s", {"ar", "n"}, Add{}).conv("c", "s", 4);
  return pattern;
}

std::string described(const Pattern& pattern, const std::string& yaml) {
  return describe(pattern.fused(parsed(yaml)).network);
}

TEST(Encode, PlacesQuantizersBehindFusedGroupsOnly) {
  const EncodedNetwork encoded = residual().encoded();
  std::set<std::string> names;
  for (const auto& [name, encoding] : encoded.tensors) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"image", "ar", "s", "c"}));
  EXPECT_EQ(encoded.weights.size(), 3U);
  EXPECT_EQ(encoded.methods.at("ar"), "minmax");
  EXPECT_EQ(encoded.methods.at("image"), "of the samples");
}

TEST(Encode, ANamedQuantizerKeepsItsTensorFromFusion) {
  EXPECT_EQ(
      described(residual(), "overrides: [{op: b, outputs: {0: {bits: 6}}}]"),
      "a:int_conv2d(image) a.quant:mul_quant(a) b:int_conv2d(a.quant) b.quant:mul_quant(b) "
      "n.quant:mul_quant(b.quant) s:add(a.quant,n.quant) c:int_conv2d(s) c.quant:mul_quant(c)");
}

TEST(Encode, AGlobChangesOnlyWhatIsThere) {
  const Pattern pattern = residual();
  EXPECT_EQ(described(pattern, "overrides: [{op: '*', outputs: {0: {bits: 6}}}]"),
            describe(pattern.fused().network));
  const EncodedNetwork encoded =
      pattern.encoded(parsed("overrides: [{op: '*', outputs: {0: {bits: 6}}}]"));
  EXPECT_EQ(std::get<IntFormat>(encoded.tensors.at("ar").spec.format).bits, 6);
  EXPECT_FALSE(encoded.tensors.contains("a"));
}

TEST(Encode, ASharedQuantizerHasOneRangeForAll) {
  const EncodedNetwork encoded = residual().encoded(
      parsed("shared: {sum: {bits: 8, signed: true}}\n"
             "overrides: [{op: ar, outputs: {0: sum}}, {op: n, outputs: {0: sum}}]"));
  EXPECT_EQ(encoded.tensors.at("ar"), encoded.tensors.at("n"));
  EXPECT_EQ(encoded.methods.at("sum"), "shared, minmax");
  const EncodedNetwork alone =
      residual().encoded(parsed("overrides: [{op: ar, outputs: {0: {signed: true}}}, {op: n, "
                                "outputs: {0: {signed: true}}}]"));
  EXPECT_EQ(encoded.tensors.at("n").scale[0],
            std::max(alone.tensors.at("ar").scale[0], alone.tensors.at("n").scale[0]));
}

TEST(Encode, AnOperandsQuantizerIsAMulQuantOnItsEdge) {
  EXPECT_EQ(described(residual(), "overrides: [{op: b, inputs: {0: {bits: 4}}}]"),
            "a:int_conv2d(image) a.quant:mul_quant(a) b.operand0.quant:mul_quant(a.quant) "
            "b:int_conv2d(b.operand0.quant) b.quant:mul_quant(b,a.quant) c:int_conv2d(b.quant) "
            "c.quant:mul_quant(c)");
  expect_close(residual(), 25);
}

TEST(Encode, SkippedOpsAreFloatIslandsAndStayClose) {
  const Pattern pattern = residual();
  const Recipe skips = parsed("overrides: [{op: b, skip: true}, {op: n, skip: true}]");
  EXPECT_EQ(describe(pattern.fused(skips).network),
            "a:int_conv2d(image) a.quant:mul_quant(a) a.quant.real:dequantize(a.quant) "
            "b:float_conv2d(a.quant.real) b.quant:quantize(b) b.quant.real:dequantize(b.quant) "
            "n:float_batch_norm(b.quant.real) n.quant:quantize(n) s:add(a.quant,n.quant) "
            "c:int_conv2d(s) c.quant:mul_quant(c)");
  for (const PathDifference& op : pattern.compared(skips).ops)
    EXPECT_GT(sqnr_db(op.integer_to_float), 25) << op.op;
}

TEST(Encode, RealsFlowBetweenSkippedOpsWithoutAQuantizer) {
  EXPECT_EQ(described(residual(),
                      "overrides: [{op: b, skip: true, outputs: {0: none}}, {op: n, skip: true}]"),
            "a:int_conv2d(image) a.quant:mul_quant(a) a.quant.real:dequantize(a.quant) "
            "b:float_conv2d(a.quant.real) n:float_batch_norm(b) n.quant:quantize(n) "
            "s:add(a.quant,n.quant) c:int_conv2d(s) c.quant:mul_quant(c)");
}

TEST(Encode, AnIntegerOpWithoutCodesIsNamed) {
  EXPECT_EQ(
      message_of([] { residual().fused(parsed("overrides: [{op: ar, outputs: {0: none}}]")); }),
      "ar: got no quantizer, expected codes: b computes in integers; give outputs[0] of ar a "
      "quantizer, or skip b");
}

TEST(Encode, AWeightWithoutAQuantizerMakesItsGroupFloat) {
  EXPECT_THAT(described(residual(), "overrides: [{op: a, params: {weight: none}}]"),
              HasSubstr("image.real:dequantize(image) a:float_conv2d(image.real) "
                        "ar:float_relu(a) ar.quant:quantize(ar)"));
}

TEST(Encode, LiteralNumbersAreTaken) {
  const EncodedNetwork encoded = residual().encoded(parsed(
      "overrides:\n- {op: ar, outputs: {0: {scale: 0.125, zero_point: 5, signed: false}}}\n"
      "- {op: a, params: {weight: {scale: [1, 2, 3, 4], granularity: channel, signed: true}}}"));
  EXPECT_EQ(scalar_quantizer(encoded.tensors.at("ar")),
            (Quantizer{.scale = 0.125, .zero_point = 5, .type = {8, false}}));
  EXPECT_EQ(encoded.weights.at("a").encoding.scale.data, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(encoded.methods.at("a.weight"), "given");
}

TEST(Encode, WeightsWithZeroPointsNeedOneBitMore) {
  const Pattern pattern = residual();
  const Recipe affine = parsed("weights: {symmetric: false, signed: auto, narrow: false}");
  const FusedNetwork fused = pattern.fused(affine);
  const auto conv = std::get<IntConv2d>(find_node(fused.network, "a").op);
  const IntRange range = value_range(conv.weight);
  EXPECT_GE(range.lo, -255);
  EXPECT_LE(range.hi, 255);
  EXPECT_GT(range.hi - range.lo, 200);
  for (const PathDifference& op : pattern.compared(affine).ops)
    EXPECT_GT(sqnr_db(op.integer_to_float), 25) << op.op;
}

TEST(Encode, TheBiasMayHaveAQuantizer) {
  Pattern pattern;
  pattern.conv("a", "image", 1);
  std::get<Conv2d>(pattern.network.nodes[0].op).bias = FloatTensor({4}, {0.3F, -0.7F, 0.2F, 0.6F});
  const EncodedNetwork encoded = pattern.encoded(
      parsed("overrides: [{op: a, params: {bias: {scale: 0.25, signed: true, bits: 32}}}]"));
  EXPECT_EQ(std::get<Conv2d>(encoded.network.nodes[0].op).bias.data,
            (std::vector<float>{0.25F, -0.75F, 0.25F, 0.5F}));
}

TEST(Encode, FloatFormatsAreForTheFakeQuantPath) {
  const Pattern pattern = residual();
  const Recipe floats = parsed("activations: {format: E4M3}\nweights: {format: E4M3}");
  const EncodedNetwork encoded = pattern.encoded(floats);
  const FloatTensors reals = real_inputs(pattern.codes, pattern.network.inputs);
  const FloatTensor exact = run_float(pattern.network, reals).at("c");
  const FloatTensor fake = FakeQuantNetwork(encoded).run(reals).at("c");
  Energy energy;
  for (std::int64_t i = 0; i < exact.size(); ++i)
    add_pair(energy, static_cast<double>(exact[i]), static_cast<double>(fake[i]));
  EXPECT_GT(sqnr_db(energy), 20);
  EXPECT_LT(sqnr_db(energy), 40);
  EXPECT_THAT(
      message_of([&] { fuse(encoded); }),
      HasSubstr("a.weight: got float E4M3, expected an integer format on the integer path"));
}

TEST(Encode, ScalesWithinAChannelAreForTheFakeQuantPath) {
  const auto complaint = [](const std::string& yaml) {
    return message_of([&] { residual().fused(parsed(yaml)); });
  };
  EXPECT_THAT(complaint("weights: {granularity: {channel: 2}}"),
              HasSubstr("per output channel (the last axis) on the integer path"));
  EXPECT_THAT(complaint("weights: {granularity: {blocks: [all, all, 2, 1]}}"),
              HasSubstr("a.weight: got scales along axis 2"));
  EXPECT_THAT(complaint("activations: {granularity: channel}"),
              HasSubstr("ar: got 4 scales, expected one scale per activation"));
}

TEST(Encode, ParametersThatAreNotFiniteAreNamed) {
  Pattern pattern = residual();
  std::get<Conv2d>(pattern.network.nodes[0].op).weight[5] = std::nanf("");
  EXPECT_EQ(message_of([&] { pattern.encoded(); }),
            "a.weight: got nan at element [0, 0, 1, 1], expected finite parameters");
}

TEST(Encode, SmoothingKeepsTheFloatFunction) {
  const Pattern pattern = residual();
  const EncodedNetwork smoothed = pattern.encoded(parsed("smooth: {alpha: 0.5}"));
  EXPECT_FALSE(smoothed.smoothed.empty());
  const FloatTensors reals = real_inputs(pattern.codes, pattern.network.inputs);
  const FloatTensor plain = run_float(pattern.network, reals).at("c");
  const FloatTensor other = run_float(smoothed.network, reals).at("c");
  for (std::int64_t i = 0; i < plain.size(); ++i) ASSERT_NEAR(plain[i], other[i], 2e-4) << i;
  EXPECT_THAT(message_of([&] { pattern.encoded(parsed("smooth: {ops: ['z*']}")); }),
              HasSubstr("smooth.ops: got 'z*'"));
}

TEST(Encode, LearnedRoundingIsNoWorseAtAnyLayerAndBetterInAll) {
  const Pattern pattern = residual();
  const EncodedNetwork encoded =
      pattern.encoded(parsed("weights: {bits: 3, rounding: {adaround: {iterations: 300}}}"));
  ASSERT_EQ(encoded.rounded.size(), 3U);
  double nearest = 0, learned = 0;
  for (const RoundedLayer& layer : encoded.rounded) {
    EXPECT_LE(layer.error, layer.nearest_error) << layer.op;
    nearest += layer.nearest_error;
    learned += layer.error;
  }
  EXPECT_LT(learned, 0.8 * nearest);
  EXPECT_EQ(encoded.methods.at("a.weight"), "minmax, adaround");
}

TEST(Encode, ThreadsAndBatchesChangeNoQuantizer) {
  const Pattern pattern = residual();
  const Recipe methods = parsed(
      "weights: {bits: 3, method: mse, rounding: {adaround: {iterations: 50}}}\n"
      "activations: {method: {percentile: 99}}");
  const EncodedNetwork one = encode(pattern.network, methods, samples_of(pattern.codes));
  for (const int threads : {2, 5})
    for (const std::int64_t batch : {1, 4}) {
      const EncodedNetwork other = encode(pattern.network, methods, samples_of(pattern.codes),
                                          {.batch = batch, .threads = threads});
      EXPECT_EQ(one.tensors, other.tensors);
      for (const auto& [name, weight] : one.weights)
        EXPECT_EQ(weight.codes, other.weights.at(name).codes) << name << " batch " << batch;
    }
}

TEST(Encode, FoldedNormsAreWeightsAndBiases) {
  const Pattern pattern = residual();
  const Recipe folds = parsed("fold_norms: true");
  const EncodedNetwork encoded = pattern.encoded(folds);
  EXPECT_EQ(encoded.network.nodes.size(), pattern.network.nodes.size() - 1);
  const auto& before = std::get<Conv2d>(pattern.network.nodes[2].op);
  const auto& norm = std::get<BatchNorm>(pattern.network.nodes[3].op);
  const auto& after = std::get<Conv2d>(encoded.network.nodes[2].op);
  const float gain = norm.gamma[1] / std::sqrt(norm.variance[1] + norm.epsilon);
  EXPECT_NEAR(after.weight[1], before.weight[1] * gain, 1e-6);
  EXPECT_NEAR(after.bias[1], norm.beta[1] - norm.mean[1] * gain, 1e-6);
  EXPECT_EQ(describe(pattern.fused(folds).network), describe(pattern.fused().network));
  const FloatTensors reals = real_inputs(pattern.codes, pattern.network.inputs);
  const FloatTensor plain = run_float(pattern.network, reals).at("c");
  const FloatTensor other = run_float(encoded.network, reals).at("c");
  for (std::int64_t i = 0; i < plain.size(); ++i) ASSERT_NEAR(plain[i], other[i], 2e-4) << i;
}

TEST(Encode, RangesMayBeThoseBehindQuantisedWeights) {
  const Pattern pattern = residual();
  const std::string weights = "weights: {bits: 2}\n";
  const EncodedNetwork behind = pattern.encoded(parsed(weights + "observe: quantised_weights"));
  const EncodedNetwork plain = pattern.encoded(parsed(weights));
  EXPECT_EQ(plain.weights.at("a").codes, behind.weights.at("a").codes);
  EXPECT_NE(plain.tensors.at("ar").scale[0], behind.tensors.at("ar").scale[0]);
  const FloatTensors reals = real_inputs(pattern.codes, pattern.network.inputs);
  float largest = 0;
  run_float(with_quantised_weights(behind), reals,
            [&](const FloatNode& node, const FloatTensor& y) {
              if (node.name == "ar") largest = *std::max_element(y.data.begin(), y.data.end());
            });
  EXPECT_EQ(behind.tensors.at("ar").scale[0], static_cast<double>(largest) / 255);
}

}  // namespace
}  // namespace systole
