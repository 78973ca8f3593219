// smooth_quant_test.cpp: factors by hand, and every pattern of folding with equal outputs.
#include "model/quant/smooth_quant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/network/execute.h"
#include "model/network/float_params.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/range_encoding.h"
#include "tests/unit/model/quant/smoothing.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

TEST(SmoothingFactors, AreThoseByHand) {
  const std::vector<double> inputs = {16, 1, 0, 4};
  const std::vector<double> weights = {1, 4, 3, 0};
  const auto are = [](const std::vector<double>& expected) {
    return Pointwise(DoubleNear(1e-14), expected);
  };
  EXPECT_THAT(smoothing_factors(inputs, weights, 0.5), are({4, 0.5, 1, 1}));
  EXPECT_THAT(smoothing_factors(inputs, weights, 0.75), are({8, std::sqrt(0.5), 1, 1}));
  EXPECT_THAT(smoothing_factors(inputs, weights, 1), are({16, 1, 1, 1}));
  EXPECT_THAT(smoothing_factors(inputs, weights, 0), are({1, 0.25, 1, 1}));
}

TEST(SmoothingFactors, AreOneWhereFloatCannotHoldThemOrTheirInverse) {
  EXPECT_THAT(smoothing_factors({1e39, 1e-39, 1e38}, {1, 1, 1}, 1), ElementsAre(1, 1, 1));
  EXPECT_NEAR(smoothing_factors({1e37}, {1}, 1)[0] / 1e37, 1, 1e-13);
}

// x = 2 16 and -1; weights of its channels up to 1 and 4. s = 4 and 1/2.
TEST(SmoothQuant, IsThatByHand) {
  const FloatNetwork network = {
      .name = "net",
      .inputs = {{.name = "x", .shape = {2}}},
      .outputs = {"b"},
      .nodes = {
          {.name = "a", .inputs = {"x"}, .op = Linear{{{2, 2}, {16, 0, 0, -1}}, {{2}, {8, 0.5F}}}},
          {.name = "b", .inputs = {"a"}, .op = Linear{{{2, 2}, {1, -0.5F, 2, -4}}, {}}}}};
  const SmoothedNetwork smoothed = smooth(network, {{"b", {16, 1}}}, {.alpha = 0.5});
  const auto& a = std::get<Linear>(smoothed.network.nodes[0].op);
  const auto& b = std::get<Linear>(smoothed.network.nodes[1].op);
  EXPECT_EQ(a.weight, FloatTensor({2, 2}, {4, 0, 0, -2}));
  EXPECT_EQ(a.bias, FloatTensor({2}, {2, 1}));
  EXPECT_EQ(b.weight, FloatTensor({2, 2}, {4, -2, 1, -2}));
  EXPECT_THAT(smoothed.ops[0].factors, ElementsAre(4, 0.5));
  EXPECT_EQ(smoothed.ops[0].least(), 0.5);
  EXPECT_EQ(smoothed.ops[0].largest(), 4);
}

/// Mean squared error of "fc" with its input and weight in 8 bits and one scale each.
double error_in_eight_bits(const FloatNetwork& network, const FloatTensor& x,
                           const FloatTensor& expected) {
  const QuantSpec spec = {.format = IntFormat{.bits = 8}};
  double sum = 0;
  run_float(network, {{"x", x}}, [&](const FloatNode& node, const FloatTensor& output) {
    if (node.name != "norm") return;
    FloatNode fc = network.nodes.back();
    FloatTensor& weight = weight_of(fc.op);
    weight = fake_quantize(weight, encode_minmax("weight", spec, weight));
    const FloatTensor input = fake_quantize(output, encode_minmax("input", spec, output));
    const FloatTensor y = run_op(fc, {&input});
    for (std::int64_t i = 0; i < y.size(); ++i)
      sum += std::pow(static_cast<double>(y[i]) - static_cast<double>(expected[i]), 2);
  });
  return sum / static_cast<double>(expected.size());
}

// One channel in 16 is a hundred times as wide as the others: it alone sets the step of them all.
TEST(SmoothQuant, LetsEightBitsHoldAChannelOfOutliers) {
  constexpr std::uint32_t kSeed = 72;
  std::mt19937 generator(kSeed);
  BatchNorm norm = {.gamma = FloatTensor({16}, 1.0F),
                    .beta = FloatTensor({16}),
                    .mean = FloatTensor({16}),
                    .variance = FloatTensor({16}, 1.0F)};
  norm.gamma[5] = 100;
  const FloatNetwork network = {
      .name = "net",
      .inputs = {{.name = "x", .shape = {16}}},
      .outputs = {"fc"},
      .nodes = {
          {.name = "norm", .inputs = {"x"}, .op = norm},
          {.name = "fc", .inputs = {"norm"}, .op = Linear{normal_tensor({16, 8}, generator), {}}}}};
  const FloatTensor x = normal_tensor({200, 16}, generator);
  const FloatTensor expected = run_float(network, {{"x", x}}).at("fc");
  const SmoothedNetwork smoothed = smooth(network, maxima_of(network, {{"x", x}}, {"fc"}), {});
  EXPECT_LT(error_in_eight_bits(smoothed.network, x, expected),
            error_in_eight_bits(network, x, expected) / 5)
      << "seed " << kSeed;
}

TEST(SmoothQuant, FoldsIntoABatchNormBehindAConvolution) {
  Smoothing net({5, 5, 2});
  net.add("conv1", {"x"}, net.conv({3, 3, 2, 4})).add("norm", {"conv1"}, net.norm(4));
  net.add("relu", {"norm"}, Relu{}).add("conv2", {"relu"}, net.conv({3, 3, 4, 3}));
  const SmoothedNetwork smoothed = net.smoothed({"conv2"});
  expect_place(smoothed, "conv2", "norm", true);
  EXPECT_EQ(smoothed.network.nodes[0], net.network().nodes[0]);
}

TEST(SmoothQuant, FoldsThroughPoolsAndFlattenWithOneFactorPerChannel) {
  Smoothing net({8, 8, 2});
  net.add("conv", {"x"}, net.conv({3, 3, 2, 4})).add("relu", {"conv"}, Relu{});
  net.add("max", {"relu"}, MaxPool{{.kernel = {2, 2}, .stride = {2, 2}}});
  net.add("avg", {"max"}, AvgPool{{.kernel = {3, 3}, .padding = {1, 1, 1, 1}}, false});
  net.add("flat", {"avg"}, Flatten{}).add("fc", {"flat"}, net.linear({64, 5}));
  const SmoothedNetwork smoothed = net.smoothed({"fc"});
  expect_place(smoothed, "fc", "conv", true);
  ASSERT_EQ(smoothed.ops[0].factors.size(), 64U);
  for (std::size_t j = 4; j < 64; ++j)
    EXPECT_EQ(smoothed.ops[0].factors[j], smoothed.ops[0].factors[j % 4]);
}

TEST(SmoothQuant, FoldsThroughAGlobalPool) {
  Smoothing net({4, 4, 3});
  net.add("conv", {"x"}, net.conv({3, 3, 3, 4})).add("mean", {"conv"}, GlobalAvgPool{});
  net.add("flat", {"mean"}, Flatten{}).add("fc", {"flat"}, net.linear({4, 5}));
  expect_place(net.smoothed({"fc"}), "fc", "conv", true);
}

TEST(SmoothQuant, FoldsThroughPadsIdentitiesAndDropout) {
  Smoothing net({4, 4, 2});
  net.add("conv", {"x"}, net.conv({3, 3, 2, 4})).add("same", {"conv"}, Identity{});
  net.add("drop", {"same"}, Dropout{0.5F});
  net.add("pad", {"drop"}, Pad{.amounts = {{1, 2}, {0, 1}, {0, 0}}});
  net.add("next", {"pad"}, net.conv({3, 3, 4, 2}));
  expect_place(net.smoothed({"next"}), "next", "conv", true);

  Smoothing widened({4, 4, 2});
  widened.add("conv", {"x"}, widened.conv({3, 3, 2, 4}));
  widened.add("pad", {"conv"}, Pad{.amounts = {{0, 0}, {0, 0}, {0, 2}}});
  widened.add("next", {"pad"}, widened.conv({3, 3, 6, 2}));
  expect_place(widened.smoothed({"next"}), "next", "pad.smooth", false);
}

TEST(SmoothQuant, StaysExplicitBehindAReluWithAMaximum) {
  Smoothing net({6});
  net.add("a", {"x"}, net.linear({6, 5})).add("relu6", {"a"}, Relu{6});
  net.add("b", {"relu6"}, net.linear({5, 4}));
  expect_place(net.smoothed({"b"}), "b", "relu6.smooth", false);
}

TEST(SmoothQuant, FoldsAChainWhereAnOpIsSmoothedAndDivided) {
  Smoothing net({6});
  net.add("a", {"x"}, net.linear({6, 5})).add("b", {"a"}, net.linear({5, 4}));
  net.add("relu", {"b"}, Relu{}).add("c", {"relu"}, net.linear({4, 3}));
  const SmoothedNetwork smoothed = net.smoothed({"b", "c"});
  expect_place(smoothed, "b", "a", true);
  expect_place(smoothed, "c", "b", true);
}

TEST(SmoothQuant, SmoothsGroupedAndDepthwiseConvolutions) {
  for (const std::int64_t groups : {2, 4}) {
    Smoothing net({5, 5, 3});
    net.add("conv", {"x"}, net.conv({3, 3, 3, 4}, 1)).add("relu", {"conv"}, Relu{});
    net.add("grouped", {"relu"}, net.conv({3, 3, 4 / groups, 8}, groups));
    net.add("point", {"grouped"}, net.conv({1, 1, 8, 2}));
    const SmoothedNetwork smoothed = net.smoothed({"grouped", "point"});
    expect_place(smoothed, "grouped", "conv", true);
    expect_place(smoothed, "point", "grouped", true);
  }
}

TEST(SmoothQuant, SharesFactorsAmongAllReadersOfAnAffineOp) {
  Smoothing net({6});
  net.add("norm", {"x"}, net.norm(6)).add("relu", {"norm"}, Relu{});
  net.add("a", {"norm"}, net.linear({6, 3})).add("b", {"relu"}, net.linear({6, 3}));
  net.add("sum", {"a", "b"}, Add{});
  const SmoothedNetwork smoothed = net.smoothed({"a", "b"});
  expect_place(smoothed, "a", "norm", true);
  expect_place(smoothed, "b", "norm", true);
  EXPECT_EQ(smoothed.ops[0].factors, smoothed.ops[1].factors);

  // Of the largest maxima: those of the op without a relu, and of either weight.
  const ChannelMaxima maxima = maxima_of(net.network(), net.inputs(), {"a", "b"});
  std::vector<double> weights = weight_maxima(net.network().nodes[2].op);
  const std::vector<double> others = weight_maxima(net.network().nodes[3].op);
  for (std::size_t j = 0; j < 6; ++j) weights[j] = std::max(weights[j], others[j]);
  EXPECT_EQ(smoothed.ops[0].factors, smoothing_factors(maxima.at("a"), weights, 0.5));
}

TEST(SmoothQuant, StaysExplicitWhereAnotherOpReadsTheAffineOp) {
  Smoothing net({5, 5, 4});
  net.add("norm", {"x"}, net.norm(4)).add("relu", {"norm"}, Relu{});
  net.add("conv", {"relu"}, net.conv({3, 3, 4, 4})).add("sum", {"conv", "relu"}, Add{});
  const SmoothedNetwork smoothed = net.smoothed({"conv"});
  expect_place(smoothed, "conv", "relu.smooth", false);
  ASSERT_EQ(smoothed.network.nodes.size(), 5U);
  EXPECT_EQ(smoothed.network.nodes[2].name, "relu.smooth");
  EXPECT_THAT(smoothed.network.nodes[2].inputs, ElementsAre("relu"));
  EXPECT_THAT(smoothed.network.nodes[3].inputs, ElementsAre("relu.smooth"));
  EXPECT_THAT(smoothed.network.nodes[4].inputs, ElementsAre("conv", "relu"));
}

TEST(SmoothQuant, StaysExplicitWhereTheAffineOpIsAnOutput) {
  Smoothing net({4});
  net.add("a", {"x"}, net.linear({4, 4})).add("b", {"a"}, net.linear({4, 3})).output("a");
  expect_place(net.smoothed({"b"}), "b", "a.smooth", false);

  Smoothing passed({4});
  passed.add("a", {"x"}, passed.linear({4, 4})).add("relu", {"a"}, Relu{});
  passed.add("b", {"relu"}, passed.linear({4, 3})).output("relu");
  expect_place(passed.smoothed({"b"}), "b", "relu.smooth", false);
}

TEST(SmoothQuant, StaysExplicitWhereOneReaderIsNotSmoothed) {
  Smoothing net({4});
  net.add("norm", {"x"}, net.norm(4)).add("a", {"norm"}, net.linear({4, 3}));
  net.add("b", {"norm"}, net.linear({4, 3})).add("sum", {"a", "b"}, Add{});
  expect_place(net.smoothed({"a"}), "a", "norm.smooth", false);
}

TEST(SmoothQuant, StaysExplicitBehindTheInputASumAndAConcat) {
  Smoothing net({5, 5, 2});
  net.add("a", {"x"}, net.conv({3, 3, 2, 2})).add("sum", {"a", "x"}, Add{});
  net.add("b", {"sum"}, net.conv({3, 3, 2, 2})).add("joined", {"b", "sum"}, Concat{});
  net.add("c", {"joined"}, net.conv({3, 3, 4, 2}));
  const SmoothedNetwork smoothed = net.smoothed({"a", "b", "c"});
  expect_place(smoothed, "a", "x.smooth", false);
  expect_place(smoothed, "b", "sum.smooth", false);
  expect_place(smoothed, "c", "joined.smooth", false);
  EXPECT_EQ(smoothed.network.nodes.size(), 8U);
}

TEST(SmoothQuant, StaysExplicitWhereThatIsAskedForWithOneOpForAllReadersOfATensor) {
  Smoothing net({6});
  net.add("norm", {"x"}, net.norm(6)).add("norm.smooth", {"norm"}, Relu{});
  net.add("a", {"norm"}, net.linear({6, 3})).add("b", {"norm"}, net.linear({6, 3}));
  net.add("sum", {"a", "b"}, Add{});
  const SmoothedNetwork smoothed = net.smoothed({"a", "b"}, {.alpha = 0.7, .is_explicit = true});
  expect_place(smoothed, "a", "norm.smooth_", false);  // The shorter name is taken.
  expect_place(smoothed, "b", "norm.smooth_", false);
  EXPECT_EQ(smoothed.ops[0].factors, smoothed.ops[1].factors);
  EXPECT_EQ(smoothed.network.nodes.size(), 6U);
}

TEST(SmoothQuant, DividesExplicitlyByTheInverseToTheBit) {
  Smoothing net({6});
  net.add("a", {"x"}, net.linear({6, 3}));
  const SmoothedNetwork smoothed = net.smoothed({"a"});
  const FloatTensor x = net.inputs().at("x");
  const FloatTensor divided = run_op(smoothed.network.nodes[0], {&x});
  for (std::int64_t i = 0; i < x.size(); ++i)
    EXPECT_EQ(divided[i], x[i] * static_cast<float>(
                                     1 / smoothed.ops[0].factors[static_cast<std::size_t>(i % 6)]));
}

TEST(SmoothQuant, RefusesWhatItCannotSmooth) {
  Smoothing net({6});
  net.add("first", {"x"}, net.linear({6, 3})).add("relu", {"first"}, Relu{});
  const auto complaint = [&](const ChannelMaxima& maxima, double alpha = 0.5) {
    return message_of([&] { smooth(net.network(), maxima, {.alpha = alpha}); });
  };
  const std::vector<double> ones(6, 1.0);
  EXPECT_EQ(complaint({{"frist", ones}}),
            "frist: got no such op, expected an op of net; did you mean first?");
  EXPECT_EQ(complaint({{"relu", ones}}),
            "relu: got a relu, expected a conv2d or a linear to smooth");
  EXPECT_EQ(complaint({{"first", {1, 2}}}),
            "first: got maxima of 2 channels, expected one for each of 6 input channels");
  EXPECT_EQ(complaint({{"first", {1, 2, 3, -1, 0, 0}}}),
            "first: got maximum -1 of channel 3, expected a finite magnitude");
  EXPECT_EQ(complaint({{"first", ones}}, 1.5), "alpha: got 1.5, expected a number in [0, 1]");
  net.add("bad", {"relu"}, Linear{FloatTensor({3, 1}, std::nanf("")), {}});
  EXPECT_EQ(complaint({{"bad", {1, 1, 1}}}), "bad: got weight nan, expected finite weights");
}

}  // namespace
}  // namespace systole
