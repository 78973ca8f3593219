// adaround_test.cpp: roundings against optima by hand and by brute force.
#include "model/quant/adaround.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "model/network/float_params.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/range_encoding.h"
#include "tests/unit/model/quant/rounding_cases.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// A layer with its encoding and its samples.
struct RoundingCase {
  LayerToRound layer;
  Encoding encoding;
  LayerSamples samples;
};

/// Codes of `format`, one scale per output channel; the input is its own quantised one.
RoundingCase case_of(LayerToRound layer, const IntFormat& format, const FloatTensor& x) {
  const FloatTensor& weight = weight_of(layer.op);
  const int axis = static_cast<int>(weight.shape.size()) - 1;
  Encoding encoding =
      encode_minmax("weight", {.format = format, .granularity = PerChannel{axis}}, weight);
  FloatTensor target = layer_output(layer, layer.op, x);
  return {std::move(layer), std::move(encoding), {x, {}, std::move(target)}};
}

double mean_squared_error(const RoundingCase& c, const IntTensor& codes) {
  FloatOp op = c.layer.op;
  weight_of(op) = dequantize(codes, c.encoding);
  const FloatTensor y = layer_output(c.layer, op, c.samples.quantised_input);
  double sum = 0;
  for (std::int64_t i = 0; i < y.size(); ++i)
    sum += std::pow(static_cast<double>(y[i]) - static_cast<double>(c.samples.float_output[i]), 2);
  return sum / static_cast<double>(y.size());
}

/// The codes of every weight rounded down, and up.
std::array<IntTensor, 2> neighbours(const RoundingCase& c) {
  const FloatTensor& weight = weight_of(c.layer.op);
  const IntRange range = std::get<IntFormat>(c.encoding.spec.format).range();
  std::array<IntTensor, 2> codes = {IntTensor(weight.shape), IntTensor(weight.shape)};
  for (std::int64_t i = 0; i < weight.size(); ++i) {
    const std::int64_t channel = i % weight.channels();
    const double scaled = static_cast<double>(weight[i]) / c.encoding.scale[channel];
    for (const auto& [tensor, rounded] :
         {std::pair{&codes[0], std::floor(scaled)}, std::pair{&codes[1], std::ceil(scaled)}})
      (*tensor)[i] = static_cast<std::int32_t>(std::clamp(rounded + c.encoding.zero_point[channel],
                                                          static_cast<double>(range.lo),
                                                          static_cast<double>(range.hi)));
  }
  return codes;
}

/// The least error of all 2^weights roundings.
double least_error(const RoundingCase& c) {
  const auto [low, high] = neighbours(c);
  double least = kUnbounded;
  for (std::int64_t choice = 0; choice < std::int64_t{1} << low.size(); ++choice) {
    IntTensor codes = low;
    for (std::int64_t i = 0; i < codes.size(); ++i)
      if ((choice >> i & 1) != 0) codes[i] = high[i];
    least = std::min(least, mean_squared_error(c, codes));
  }
  return least;
}

LayerToRound linear_layer(FloatTensor weight) {
  return {.name = "fc", .op = Linear{std::move(weight), {}}, .gain = {}, .offset = {}};
}

Encoding whole_steps() {
  return {.name = "weight",
          .spec = {.format = IntFormat{.bits = 4}},
          .scale = Tensor<double>(Shape{}, 1.0),
          .zero_point = IntTensor(Shape{})};
}

// x = (t, t): rounded to nearest, 0.42 t + 0.38 t becomes 0; with one weight rounded up, t.
TEST(AdaRound, LetsErrorsOfEqualInputsCancel) {
  const LayerSamples samples = {.quantised_input = {{2, 2}, {1, 1, 2, 2}},
                                .float_input = {},
                                .float_output = {{2, 1}, {0.8F, 1.6F}}};
  const Rounded rounded =
      adaround(linear_layer({{2, 1}, {0.42F, 0.38F}}), whole_steps(), samples, {});
  EXPECT_EQ(rounded.codes, IntTensor({2, 1}, {1, 0}));
  EXPECT_NEAR(rounded.nearest_error, 0.64 * (1 + 4) / 2, 1e-6);
  EXPECT_NEAR(rounded.error, 0.04 * (1 + 4) / 2, 1e-6);
  EXPECT_EQ(rounded.changed, 1);
}

// What the layer will get is (t, -t): 0.8 t asks for the first weight up. All dropped, the descent
// sees (t, t) and takes the second, which is nearer; that doubles the error, so nearest is kept.
TEST(AdaRound, SeesTheFloatInputWhereAllIsDroppedAndKeepsNearestWhereThatIsNoGain) {
  const LayerSamples samples = {.quantised_input = {{2, 2}, {1, -1, 2, -2}},
                                .float_input = {{2, 2}, {1, 1, 2, 2}},
                                .float_output = {{2, 1}, {0.8F, 1.6F}}};
  const LayerToRound layer = linear_layer({{2, 1}, {0.38F, 0.42F}});
  EXPECT_EQ(adaround(layer, whole_steps(), samples, {.drop_probability = 0}).codes,
            IntTensor({2, 1}, {1, 0}));
  const Rounded dropped = adaround(layer, whole_steps(), samples, {.drop_probability = 1});
  EXPECT_EQ(dropped.codes, IntTensor({2, 1}, 0));
  EXPECT_EQ(dropped.error, dropped.nearest_error);
  EXPECT_EQ(dropped.changed, 0);
}

/// Sums over several cases.
struct RoundingSums {
  double nearest = 0;
  double found = 0;
  double least = 0;

  void add(const RoundingCase& c, std::uint32_t seed) {
    const Rounded rounded = adaround(c.layer, c.encoding, c.samples, {});
    const double best = least_error(c);
    EXPECT_GE(rounded.error, best * (1 - 1e-6)) << "seed " << seed;
    EXPECT_LE(rounded.error, rounded.nearest_error) << "seed " << seed;
    nearest += rounded.nearest_error;
    found += rounded.error;
    least += best;
  }
};

TEST(AdaRound, ComesCloseToTheBestOfAllRoundings) {
  RoundingSums sums;
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    std::mt19937 generator(seed);
    sums.add(case_of(linear_layer(normal_tensor({12, 1}, generator)), {.bits = 3},
                     correlated_input({64, 12}, generator)),
             seed);
  }
  EXPECT_LE(sums.found, 1.05 * sums.least);
  EXPECT_LE(sums.found, 0.6 * sums.nearest);
}

TEST(AdaRound, ComesCloseToTheBestBehindABatchNormAndARelu) {
  RoundingSums sums;
  for (std::uint32_t seed = 21; seed <= 30; ++seed) {
    std::mt19937 generator(seed);
    const Conv2d conv = {.params = {.window = {.kernel = {2, 2}, .padding = {1, 1, 0, 0}}},
                         .weight = normal_tensor({2, 2, 3, 1}, generator),
                         .bias = normal_tensor({1}, generator)};
    sums.add(case_of({.name = "conv",
                      .op = conv,
                      .gain = {seed % 2 == 0 ? -0.5 : 2},
                      .offset = {0.3},
                      .range = {0, kUnbounded}},
                     {.bits = 3, .is_signed = false, .is_symmetric = false},
                     correlated_input({8, 5, 5, 3}, generator)),
             seed);
  }
  EXPECT_LE(sums.found, 1.05 * sums.least);
  EXPECT_LE(sums.found, 0.7 * sums.nearest);
}

TEST(AdaRound, ComesCloseToTheBestOfADepthwiseConvolution) {
  RoundingSums sums;
  for (std::uint32_t seed = 51; seed <= 60; ++seed) {
    std::mt19937 generator(seed);
    const Conv2d conv = {.params = {.window = {.kernel = {3, 2}}, .groups = 2},
                         .weight = normal_tensor({3, 2, 1, 2}, generator),
                         .bias = {}};
    sums.add(case_of({.name = "conv", .op = conv, .gain = {}, .offset = {}},
                     {.bits = 2, .is_signed = false, .is_symmetric = false},
                     correlated_input({8, 5, 5, 2}, generator)),
             seed);
  }
  EXPECT_LE(sums.found, 1.05 * sums.least);
  EXPECT_LE(sums.found, 0.9 * sums.nearest);  // Pixels are not correlated: less to gain.
}

struct GeometryCase {
  std::int64_t groups;
  std::int64_t stride;
  std::int64_t dilation;
  IntFormat format;
  double most;  ///< Of nearest's error. Pixels are not correlated: depthwise gains little.
};

class AdaRoundOf : public testing::TestWithParam<GeometryCase> {};

TEST_P(AdaRoundOf, AConvolutionBeatsNearestWithNeighbouringCodes) {
  constexpr std::uint32_t kSeed = 31;
  std::mt19937 generator(kSeed);
  const GeometryCase& geometry = GetParam();
  const Conv2d conv = {.params = {.window = {.kernel = {3, 3},
                                             .stride = {geometry.stride, geometry.stride},
                                             .dilation = {geometry.dilation, geometry.dilation},
                                             .padding = {1, 1, 1, 1}},
                                  .groups = geometry.groups},
                       .weight = normal_tensor({3, 3, 8 / geometry.groups, 8}, generator),
                       .bias = normal_tensor({8}, generator)};
  const RoundingCase c = case_of({.name = "conv", .op = conv, .range = {0, 6}}, geometry.format,
                                 correlated_input({40, 8, 8, 8}, generator));
  const Rounded rounded = adaround(c.layer, c.encoding, c.samples, {.iterations = 400});
  EXPECT_LE(rounded.error, geometry.most * rounded.nearest_error) << "seed " << kSeed;
  EXPECT_NEAR(rounded.error / mean_squared_error(c, rounded.codes), 1, 1e-5);
  const IntTensor nearest = quantize(conv.weight, c.encoding);
  EXPECT_NEAR(rounded.nearest_error / mean_squared_error(c, nearest), 1, 1e-5);

  const auto [low, high] = neighbours(c);
  std::int64_t changed = 0;
  for (std::int64_t i = 0; i < low.size(); ++i) {
    EXPECT_TRUE(rounded.codes[i] == low[i] || rounded.codes[i] == high[i]) << i;
    changed += rounded.codes[i] != nearest[i] ? 1 : 0;
  }
  EXPECT_EQ(rounded.changed, changed);
}

INSTANTIATE_TEST_SUITE_P(
    EveryGeometry, AdaRoundOf,
    testing::Values(GeometryCase{1, 1, 1, {.bits = 4}, 0.8},
                    GeometryCase{1, 2, 1, {.bits = 3, .is_narrow = true}, 0.8},
                    GeometryCase{2, 1, 2, {.bits = 4, .is_symmetric = false}, 0.8},
                    GeometryCase{
                        8, 1, 1, {.bits = 2, .is_signed = false, .is_symmetric = false}, 1}));

TEST(AdaRound, IsAFunctionOfTheSeed) {
  std::mt19937 generator(41);
  const RoundingCase c = case_of(linear_layer(normal_tensor({32, 8}, generator)), {.bits = 3},
                                 correlated_input({200, 32}, generator));
  const auto codes_of = [&](std::uint32_t seed, double drop_probability) {
    LayerSamples samples = c.samples;
    samples.float_input = samples.quantised_input;
    for (float& x : samples.quantised_input.data) x = std::round(x * 2) / 2;
    return adaround(c.layer, c.encoding, samples,
                    {.iterations = 300, .drop_probability = drop_probability, .seed = seed})
        .codes;
  };
  EXPECT_EQ(codes_of(1, 0.5), codes_of(1, 0.5));
  EXPECT_NE(codes_of(1, 0.5), codes_of(2, 0.5));
  EXPECT_NE(codes_of(1, 0.5), codes_of(1, 0));
  EXPECT_NE(codes_of(1, 0), codes_of(2, 0));
}

// 40 output channels are three pieces of work, 5,120 weights likewise.
TEST(AdaRound, DoesNotDependOnTheNumberOfThreads) {
  std::mt19937 generator(44);
  const RoundingCase c = case_of(linear_layer(normal_tensor({128, 40}, generator)), {.bits = 3},
                                 correlated_input({100, 128}, generator));
  const Rounded alone = adaround(c.layer, c.encoding, c.samples, {.iterations = 100}, 1);
  EXPECT_GT(alone.changed, 0);
  for (const int threads : {2, 7}) {
    const Rounded shared = adaround(c.layer, c.encoding, c.samples, {.iterations = 100}, threads);
    EXPECT_EQ(shared.codes, alone.codes) << threads;
    EXPECT_EQ(shared.error, alone.error) << threads;
  }
}

TEST(AdaRound, DoesNotDependOnTheUnitsOfTheOutput) {
  std::mt19937 generator(43);
  RoundingCase c = case_of(linear_layer(normal_tensor({16, 4}, generator)), {.bits = 3},
                           correlated_input({50, 16}, generator));
  const Rounded rounded = adaround(c.layer, c.encoding, c.samples, {.iterations = 300});
  EXPECT_GT(rounded.changed, 0);
  c.layer.gain = std::vector<double>(4, 4096.0);
  for (float& y : c.samples.float_output.data) y *= 4096;
  const Rounded magnified = adaround(c.layer, c.encoding, c.samples, {.iterations = 300});
  EXPECT_EQ(magnified.codes, rounded.codes);
  EXPECT_NEAR(magnified.error / rounded.error, 4096.0 * 4096.0, 1e-3);
}

TEST(AdaRound, LeavesExactWeightsAndSilentChannelsAlone) {
  // The first channel is on its grid, the second never comes through the range.
  LayerToRound layer = linear_layer({{2, 2}, {1.0F, 0.4F, -2.0F, 0.4F}});
  layer.offset = {0, -100};
  layer.range = {0, kUnbounded};
  const LayerSamples samples = {.quantised_input = {{2, 2}, {1, 1, 2, -2}},
                                .float_input = {},
                                .float_output = {{2, 2}, {0, 0, 6, 0}}};
  const Rounded rounded = adaround(layer, whole_steps(), samples, {});
  EXPECT_EQ(rounded.codes, IntTensor({2, 2}, {1, 0, -2, 0}));
  EXPECT_EQ(rounded.nearest_error, 0);
  EXPECT_EQ(rounded.error, 0);
}

TEST(AdaRound, RoundsToNearestWithoutIterations) {
  std::mt19937 generator(42);
  const RoundingCase c = case_of(linear_layer(normal_tensor({8, 4}, generator)), {.bits = 4},
                                 correlated_input({20, 8}, generator));
  const Rounded rounded = adaround(c.layer, c.encoding, c.samples, {.iterations = 0});
  EXPECT_EQ(rounded.codes, quantize(weight_of(c.layer.op), c.encoding));
}

}  // namespace
}  // namespace systole
