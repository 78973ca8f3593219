// reconstruction_test.cpp: a layer's output error by hand, and its gradient beside differences.
#include "model/quant/reconstruction.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/unit/model/quant/rounding_cases.h"

namespace systole {
namespace {

std::vector<SampleRow> all_rows(const LayerRows& layer) {
  std::vector<SampleRow> rows;
  for (std::int64_t image = 0; image < layer.images; ++image)
    for (std::int64_t position = 0; position < layer.positions(); ++position)
      rows.push_back({image, position});
  return rows;
}

// x = 1, 2; y = clamp(3 (2 x + 1) - 8, [0, 4]) = 1 and 4 (of 7). Targets 3 and 5: (4 + 1) / 2.
TEST(ChannelErrors, AreThoseBehindGainOffsetAndRange) {
  const LayerToRound layer = {.name = "fc",
                              .op = Linear{.weight = {}, .bias = FloatTensor({1}, 1.0F)},
                              .gain = {3},
                              .offset = {-8},
                              .range = {0, 4}};
  const LayerSamples samples = {.quantised_input = {{2, 1}, {1.0F, 2.0F}},
                                .float_input = {},
                                .float_output = {{2, 1}, {3.0F, 5.0F}}};
  EXPECT_EQ(channel_errors(layer, FloatTensor({1, 1}, 2.0F), samples), std::vector<double>{2.5});
}

// The same: only the first row is inside the range, where the slope is
// 2 (y - t) gain x / rows = 2 (-2) 3 / 2 = -6, and the channel's factor doubles it.
TEST(ReconstructionGradient, IsThatByHand) {
  const LayerToRound layer = {
      .name = "fc",
      .op = Linear{.weight = FloatTensor({1, 1}, 2.0F), .bias = FloatTensor({1}, 1.0F)},
      .gain = {3},
      .offset = {-8},
      .range = {0, 4}};
  const LayerSamples samples = {.quantised_input = {{2, 1}, {1.0F, 2.0F}},
                                .float_input = {},
                                .float_output = {{2, 1}, {3.0F, 5.0F}}};
  ReconstructionGradient gradient(layer, samples, {2.0});
  EXPECT_EQ(gradient.at(FloatTensor({1, 1}, 2.0F), {{0, 0}, {1, 0}}, 0, RandomStream(1, 0)),
            FloatTensor({1, 1}, -12.0F));
}

struct ConvCase {
  std::int64_t groups;
  std::int64_t stride;
  std::int64_t dilation;
  std::array<std::int64_t, 4> padding;
};

class ReconstructionGradientOf : public testing::TestWithParam<ConvCase> {};

// Without a clamp the error is a square: central differences of any width are exact.
TEST_P(ReconstructionGradientOf, AConvolutionIsThatOfDifferences) {
  constexpr std::uint32_t kSeed = 11;
  std::mt19937 generator(kSeed);
  const ConvCase& c = GetParam();
  Conv2d conv = {.params = {.window = {.kernel = {3, 2},
                                       .stride = {c.stride, c.stride},
                                       .dilation = {c.dilation, c.dilation},
                                       .padding = c.padding},
                            .groups = c.groups},
                 .weight = normal_tensor({3, 2, 4 / c.groups, 8}, generator),
                 .bias = normal_tensor({8}, generator)};
  const FloatTensor x = normal_tensor({3, 7, 6, 4}, generator);
  const Shape output = run_op(FloatNode{.name = "conv", .inputs = {}, .op = conv}, {&x}).shape;
  const LayerSamples samples = {
      .quantised_input = x, .float_input = {}, .float_output = normal_tensor(output, generator)};
  const LayerToRound layer = {.name = "conv",
                              .op = conv,
                              .gain = {1, 2, -1, 0.5, 1, 1, 3, 1},
                              .offset = {0, 1, 2, 0, 0, 0, -1, 0}};
  const std::vector<double> factors = {1, 2, 1, 1, 0.5, 1, 0, 4};
  const auto error_of = [&](const FloatTensor& weight) {
    const std::vector<double> errors = channel_errors(layer, weight, samples);
    return std::inner_product(errors.begin(), errors.end(), factors.begin(), 0.0);
  };
  ReconstructionGradient gradient(layer, samples, factors);
  const FloatTensor slopes =
      gradient.at(conv.weight, all_rows(gradient.rows()), 0, RandomStream(1, 0));
  ASSERT_EQ(slopes.shape, conv.weight.shape);
  for (std::int64_t i = 0; i < slopes.size(); ++i) {
    FloatTensor above = conv.weight;
    FloatTensor below = conv.weight;
    above[i] += 0.5F;
    below[i] -= 0.5F;
    EXPECT_NEAR(slopes[i], error_of(above) - error_of(below), 1e-3)
        << "weight " << i << ", seed " << kSeed;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryGeometry, ReconstructionGradientOf,
                         testing::Values(ConvCase{1, 1, 1, {0, 0, 0, 0}},
                                         ConvCase{1, 2, 1, {1, 0, 1, 1}},
                                         ConvCase{2, 1, 2, {2, 1, 2, 1}},
                                         ConvCase{4, 1, 1, {1, 1, 1, 1}},
                                         ConvCase{4, 3, 1, {0, 0, 0, 0}}));

TEST(ReconstructionGradient, WithDropsIsThatOfAMixedInput) {
  std::mt19937 generator(12);
  const LayerToRound layer = {.name = "fc",
                              .op = Linear{.weight = normal_tensor({6, 2}, generator), .bias = {}},
                              .gain = {},
                              .offset = {}};
  const LayerSamples samples = {.quantised_input = FloatTensor({50, 6}, 0.0F),
                                .float_input = FloatTensor({50, 6}, 1.0F),
                                .float_output = FloatTensor({50, 2}, 0.0F)};
  ReconstructionGradient gradient(layer, samples, {1, 1});
  const FloatTensor& weight = std::get<Linear>(layer.op).weight;
  const auto rows = all_rows(gradient.rows());
  const RandomStream stream(3, 4);

  // The same mixture by hand.
  LayerSamples mixed = samples;
  std::int64_t dropped = 0;
  for (std::int64_t i = 0; i < 300; ++i)
    if (stream.at(static_cast<std::uint64_t>(i)) < 0x40000000) {
      mixed.quantised_input[i] = 1.0F;
      ++dropped;
    }
  EXPECT_NEAR(static_cast<double>(dropped), 75, 30);  // 4 standard deviations.
  ReconstructionGradient of_mixed(layer, mixed, {1, 1});
  EXPECT_EQ(gradient.at(weight, rows, 0.25, stream), of_mixed.at(weight, rows, 0, stream));

  // All dropped: the float input alone.
  LayerSamples of_float = samples;
  of_float.quantised_input = samples.float_input;
  ReconstructionGradient of_reals(layer, of_float, {1, 1});
  EXPECT_EQ(gradient.at(weight, rows, 1, stream), of_reals.at(weight, rows, 0, stream));
}

}  // namespace
}  // namespace systole
