// transformer_op_test.cpp: the ops of transformers in bundles: what keys mean, written and read.
#include <gtest/gtest.h>

#include <limits>

#include "model/config/error.h"
#include "model/config/value.h"
#include "model/network/check.h"
#include "model/network/op_digest.h"
#include "model/network/op_name.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"
#include "model/network/statistics.h"
#include "tests/unit/model/network/transformer_bundles.h"

namespace systole {
namespace {

FloatNetwork float_transformer() {
  return std::get<FloatNetwork>(load_transformer(kFloatTransformer).network);
}

IntNetwork int_transformer() {
  return std::get<IntNetwork>(load_transformer(kIntTransformer).network);
}

/// The op of this name.
template <class Op, class Network>
Op named_op(const Network& network, const std::string& name) {
  for (const auto& node : network.nodes)
    if (node.name == name) {
      if constexpr (std::is_constructible_v<decltype(node.op), std::in_place_type_t<Op>>)
        return std::get<Op>(node.op);
      else
        return std::get<Op>(std::get<FloatIsland>(node.op).op);
    }
  ADD_FAILURE() << name;
  return {};
}

template <class Network>
void expect_round_trip(const Network& network) {
  const test::TempDirectory temp;
  const Bundle bundle{.network = network};
  const std::string hash = write_bundle(temp.path("b"), bundle);
  const Bundle again = load_bundle(temp.path("b"));
  EXPECT_TRUE(again.network == bundle.network);
  EXPECT_EQ(write_bundle(temp.path("b"), again), hash);
}

TEST(FloatTransformer, WrittenAgainLoadsBackEqual) { expect_round_trip(float_transformer()); }

TEST(FloatTransformer, HoldsWhatItsKeysSay) {
  const FloatNetwork net = float_transformer();
  EXPECT_EQ(named_op<Embedding>(net, "words").table.shape, (Shape{5, 2}));
  EXPECT_EQ(named_op<ClassToken>(net, "token").value, FloatTensor({1, 2}, {0.5F, -2}));
  EXPECT_EQ(named_op<AddConstant>(net, "moved").value, FloatTensor({1, 2}, {0.5F, -2}));
  EXPECT_EQ(named_op<BatchMatmul>(net, "qk"), (BatchMatmul{.transpose_b = true}));
  EXPECT_EQ(named_op<BatchMatmul>(net, "deep"), (BatchMatmul{.transpose_a = true}));
  EXPECT_EQ(named_op<Scale>(net, "scaled").factor, 0.125F);
  EXPECT_EQ(named_op<MaskScores>(net, "masked").value, std::numeric_limits<float>::lowest());
  EXPECT_EQ(named_op<MaskScores>(net, "lowered").value, -10000.0F);
  EXPECT_EQ(named_op<Gelu>(net, "erf").form, GeluForm::kErf);
  EXPECT_EQ(named_op<Gelu>(net, "cubic").form, GeluForm::kTanh);
  EXPECT_EQ(named_op<Reshape>(net, "heads").shape, (Shape{2, 2, 2}));
  EXPECT_EQ(named_op<Transpose>(net, "turned").order, (std::vector<std::int64_t>{2, 0, 1}));
  EXPECT_EQ(named_op<Slice>(net, "part").axes[0], (AxisSlice{.start = 1, .count = 2, .step = 2}));
  EXPECT_EQ(named_op<Roll>(net, "rolled").shift, (std::vector<std::int64_t>{-1, 3}));
}

TEST(FloatTransformer, HasTheShapesOfItsOps) {
  const Shapes shapes = infer_shapes(float_transformer(), 2);
  const std::pair<const char*, Shape> expected[] = {
      {"words", {2, 3, 2}},   {"token", {2, 5, 2}},    {"moved", {2, 4, 2}},
      {"qk", {2, 4, 3}},      {"deep", {2, 2, 3}},     {"scaled", {2, 4, 3}},
      {"soft", {2, 2, 4, 3}}, {"heads", {2, 2, 2, 2}}, {"turned", {2, 2, 2, 2}},
      {"part", {2, 2, 1}},    {"rolled", {2, 4, 2}}};
  for (const auto& [name, shape] : expected) EXPECT_EQ(shapes.at(name), shape) << name;
}

TEST(FloatTransformer, CostsItsProductsAndHoldsItsConstants) {
  const FloatNetwork net = float_transformer();
  const auto macs = count_macs(net, infer_shapes(net, 1));
  EXPECT_EQ(macs.at("qk"), 4 * 3 * 2);
  EXPECT_EQ(macs.at("deep"), 2 * 3 * 4);  // Stored as [k, m].
  EXPECT_EQ(macs.at("soft"), 0);
  EXPECT_EQ(count_parameters(net), 10 + 2 + 2);
}

TEST(FloatTransformer, KeepsCornerValues) {
  FloatNetwork net = float_transformer();
  for (const float factor :
       {std::numeric_limits<float>::min(), 0.1F, -1.0F / 3, std::numeric_limits<float>::max()}) {
    net.nodes[5].op = Scale{factor};
    net.nodes[7].op = MaskScores{-std::abs(factor)};
    net.nodes[15].op = Roll{{-(1 << 20), 1 << 20}};
    net.nodes[2].op = AddConstant{FloatTensor({4, 1}, -factor)};
    expect_round_trip(net);
  }
}

TEST(IntTransformer, WrittenAgainLoadsBackEqual) { expect_round_trip(int_transformer()); }

TEST(IntTransformer, HoldsWhatItsKeysSay) {
  const IntNetwork net = int_transformer();
  EXPECT_EQ(named_op<ScoreSoftmax>(net, "bert"),
            (ScoreSoftmax{.scale = {2},
                          .bias = {1, 2, 3, -4, 5, 6},
                          .shift = 12,
                          .relative_bias = FloatTensor({2, 2, 3}, 0.25F),
                          .window_mask = FloatTensor({1, 3}, 1),
                          .factor = 65535}));
  EXPECT_EQ(named_op<ScoreSoftmax>(net, "vit"),
            (ScoreSoftmax{.scale = {1, 2, 3, -4, 5, 6}, .bias = {2}, .is_double = true}));
  EXPECT_EQ(
      named_op<RealSoftmax>(net, "shares"),
      (RealSoftmax{
          .rule = SoftmaxRule::kTimes, .operand_scale = 0.125, .clamp = {0, 1}, .factor = 1}));
  EXPECT_EQ(named_op<RealSoftmax>(net, "plain").factor, 255);
  EXPECT_EQ(named_op<IntConstant>(net, "bias").value.shape, (Shape{2, 2, 3}));
  const auto quant = named_op<MulQuant>(net, "quant");
  EXPECT_EQ(quant.tokens, 2);
  ASSERT_EQ(quant.channels.size(), 6);
  EXPECT_EQ(quant.channels[3],
            (MulQuantChannel{
                .scale = -4, .bias = -4, .shift = 1, .residual_scale = -4, .residual_shift = 1}));
  const auto twice = named_op<Requantise>(net, "twice");
  EXPECT_EQ(std::get<DoubleScale>(twice.dialect),
            (DoubleScale{.factors = {0.1, 0.2, 0.3, 0.4, 0.5, 1e-300},
                         .rounding = Rounding::kHalfEven,
                         .offsets = {0.5, -0.5},
                         .tokens = 2}));
  EXPECT_EQ(twice.bias, (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(named_op<FloatMulShift>(net, "reals"),
            (FloatMulShift{.scale = {0.5F, 4}, .bias = {1, 2, 3, -4, 5, 6}, .tokens = 2}));
  EXPECT_EQ(named_op<QuantizeReal>(net, "steps"), (QuantizeReal{.range = {0, 255},
                                                                .subtract = true,
                                                                .token_factors = {0.5F, 4},
                                                                .token_zero_points = {-3, 100}}));
  EXPECT_EQ(named_op<QuantizeReal>(net, "even").token_zero_points,
            (std::vector<std::int32_t>{0, 0}));
  EXPECT_EQ(named_op<Gelu>(net, "cubic").form, GeluForm::kTanh);
}

TEST(IntTransformer, OutputsMeanWhatTheirOpsSay) {
  const IntNetwork net = int_transformer();
  const std::pair<std::size_t, Quantization> expected[] = {
      {0, {.scale = 1.0 / 65535, .type = {16, false}}},
      {1, {.scale = 1.0 / 255, .type = {8, false}}},
      {2, {.scale = 1, .type = {1, false}}},
      {3, {.scale = 1.0 / 255, .type = {17, true}}},
      {4, {.scale = 0.5, .zero_point = 3, .type = {8, true}}},
      {8, {.scale = 1, .type = {10, true}}},
      {14, {.scale = 1, .type = {8, true}}}};
  for (const auto& [i, output] : expected) {
    EXPECT_EQ(net.nodes[i].output, output) << net.nodes[i].name;
    EXPECT_FALSE(net.nodes[i].is_float) << net.nodes[i].name;
  }
  for (const std::size_t i : {7, 10, 11, 12, 13})
    EXPECT_TRUE(net.nodes[i].is_float) << net.nodes[i].name;
}

TEST(IntTransformer, RangesFollowFromItsConstants) {
  const Ranges ranges = value_ranges(int_transformer());
  EXPECT_EQ(ranges.at("bert"), (IntRange{0, 65535}));
  EXPECT_EQ(ranges.at("vit"), (IntRange{0, 255}));
  EXPECT_EQ(ranges.at("shares"), (IntRange{0, 1}));
  EXPECT_EQ(ranges.at("bias"), (IntRange{-128, 127}));
  EXPECT_EQ(ranges.at("steps"), (IntRange{-100, 258}));  // Less -3 and 100.
  EXPECT_EQ(ranges.at("rolled"), (IntRange{-128, 127}));
  EXPECT_NO_THROW(check_network(int_transformer()));
}

TEST(IntTransformer, CostsItsProductsAndHoldsItsConstants) {
  const IntNetwork net = int_transformer();
  const auto macs = count_macs(net, infer_shapes(net, 1));
  EXPECT_EQ(macs.at("product"), 2 * 2 * 3);
  EXPECT_EQ(macs.at("bert"), 0);
  // bert, vit, bias, quant, twice, reals, words.
  EXPECT_EQ(count_parameters(net), (1 + 6 + 12 + 3) + 7 + 12 + 3 * 6 + (6 + 2 + 3) + 8 + 10);
}

TEST(IntTransformer, KeepsCornerValues) {
  IntNetwork net = int_transformer();
  auto& softmax = std::get<ScoreSoftmax>(net.nodes[0].op);
  softmax.relative_bias = {};
  softmax.window_mask = FloatTensor({2, 2, 1}, std::numeric_limits<float>::lowest());
  softmax.shift = 62;
  std::get<RealSoftmax>(net.nodes[2].op).operand_scale = 1e-300;
  auto& constant = std::get<IntConstant>(net.nodes[4].op).value;
  constant = IntTensor({2, 2, 3}, -128);
  std::get<MulQuant>(net.nodes[5].op).channels.resize(2);  // One for each token.
  auto& scale = std::get<DoubleScale>(std::get<Requantise>(net.nodes[6].op).dialect);
  scale.factors = {5e-324, 1e308};
  scale.offsets = {};
  std::get<FloatMulShift>(net.nodes[7].op).bias = {std::numeric_limits<float>::denorm_min()};
  std::get<Roll>(net.nodes[14].op).shift = {-(1 << 20), 1 << 20};
  expect_round_trip(net);
}

TEST(IntTransformer, DigestsTellConstantsPerTokenApart) {
  IntNode node = int_transformer().nodes[5];
  const std::string digest = op_digest(node);
  std::get<MulQuant>(node.op).tokens = 3;
  EXPECT_NE(op_digest(node), digest);
  node = int_transformer().nodes[4];
  const std::string constant = op_digest(node);
  std::get<IntConstant>(node.op).value[11] = 1;
  EXPECT_NE(op_digest(node), constant);
}

TEST(CheckNetwork, NamesTheTokenWhoseSumIsTooLarge) {
  const auto complaint = [](std::size_t constants, std::size_t large) {
    IntNetwork net = int_transformer();
    auto& quant = std::get<MulQuant>(net.nodes[5].op);
    quant.channels.resize(constants);
    quant.channels[large].bias = std::int64_t{1} << 62;
    try {
      check_network(net);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint(6, 4),
            "quant (mul_quant): got a sum up to 2^62.00 in channel 1 of token 1, expected below "
            "2^62; use a smaller scale and shift");
  EXPECT_EQ(complaint(2, 1),
            "quant (mul_quant): got a sum up to 2^62.00 in token 1, expected below 2^62; use a "
            "smaller scale and shift");
}

TEST(OpName, NamesTheOpsOfTransformers) {
  for (const FloatNode& node : float_transformer().nodes)
    EXPECT_EQ(std::string(kFloatTransformer).find("op: " + std::string(op_name(node.op))) ==
                  std::string::npos,
              false)
        << node.name;
  EXPECT_EQ(op_name(IntOp(ScoreSoftmax{})), "score_softmax");
  EXPECT_EQ(op_name(IntOp(IntConstant{})), "constant");
  EXPECT_EQ(op_name(IntOp(FloatIsland{MaskScores{}})), "float_mask_scores");
}

TEST(TransformerBundles, HaveEveryOpAndKeyDocumented) {
  const std::string readme =
      test::read_text(std::string(SYSTOLE_FIXTURES) + "/../../model/network/README.md");
  for (const char* yaml : {kFloatTransformer, kIntTransformer})
    for (const Value& op : parse_yaml(yaml, "network.yaml").get("ops").items()) {
      const std::string name = op.get("op").as_string();
      EXPECT_NE(readme.find("`" + name + "`"), std::string::npos) << name;
      for (const std::string& key : op.keys())
        EXPECT_TRUE(readme.find("`" + key + "`") != std::string::npos ||
                    readme.find("**" + key + "**") != std::string::npos || key == "name" ||
                    key == "op")
            << name << "." << key;
    }
}

}  // namespace
}  // namespace systole
