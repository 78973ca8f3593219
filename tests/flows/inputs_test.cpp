// inputs_test.cpp: samples, noise and corners as codes of a network's inputs.
#include "flows/cli/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/ops/int_conv2d.h"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One 3x3 convolution of 2 channels to 2, on 5x5 images of 8-bit codes.
IntNetwork small_network() {
  IntTensor weight({3, 3, 2, 2});
  for (std::int64_t i = 0; i < weight.size(); ++i) weight[i] = i % 3 == 0 ? 5 : -4;
  Conv2dParams params;
  params.window.kernel = {3, 3};
  params.window.padding = {1, 1, 1, 1};
  IntNetwork network;
  network.inputs = {{"x", {5, 5, 2}, {.scale = 1.0, .zero_point = 3, .type = {8, false}}}};
  network.outputs = {"conv"};
  network.nodes = {{"conv", {"x"}, IntConv2d{params, weight}, {.type = {32, true}}}};
  return network;
}

TEST(CornerInputs, BeginWithTheEndsOfTheRangeAndTheZeroPoint) {
  const IntTensor x = integers(corner_inputs(small_network(), 5).at("x"));
  ASSERT_EQ(x.shape, (Shape{5, 5, 5, 2}));
  const auto sample = [&](std::int64_t n) {
    return std::vector<std::int32_t>(x.data.begin() + n * 50, x.data.begin() + (n + 1) * 50);
  };
  EXPECT_THAT(sample(0), testing::Each(0));
  EXPECT_THAT(sample(1), testing::Each(255));
  EXPECT_THAT(sample(2), testing::Each(3));
  EXPECT_EQ(std::count(x.data.begin() + 150, x.data.begin() + 200, 255), 25);
}

TEST(CornerInputs, ReachTheStaticBoundsOfAConvolution) {
  const IntNetwork network = small_network();
  const auto& conv = std::get<IntConv2d>(network.nodes[0].op);
  const IntTensor x = integers(corner_inputs(network, 9).at("x"));
  const IntTensor acc = int_conv2d(x, conv.weight, conv.params);
  for (std::int64_t channel = 0; channel < 2; ++channel) {
    std::int64_t largest = 0, smallest = 0;
    for (std::int64_t k = 0; k < 18; ++k) {
      const std::int32_t w = conv.weight[k * 2 + channel];
      (w > 0 ? largest : smallest) += 255 * w;
    }
    const std::int64_t middle = (2 * 5 + 2) * 2 + channel;
    EXPECT_EQ(acc[(5 + 2 * channel) * 50 + middle], largest);
    EXPECT_EQ(acc[(6 + 2 * channel) * 50 + middle], smallest);
  }
}

TEST(RandomInputs, DependOnTheSeedAlone) {
  InputOptions options;
  options.source = InputSource::kRandom;
  options.count = 2;
  const auto codes = [&](std::uint32_t seed) {
    options.seed = seed;
    return integers(make_inputs(small_network(), {}, options).tensors.at("x")).data;
  };
  EXPECT_EQ(codes(1), codes(1));
  EXPECT_NE(codes(1), codes(2));
  EXPECT_THAT(codes(1), testing::Each(testing::AllOf(testing::Ge(0), testing::Le(255))));
}

/// Ids [3] of a table with 30 rows, and a mask.
IntNetwork embedded() {
  IntNetwork network;
  network.inputs = {{"ids", {3}, {.type = {16, false}}}, {"mask", {3}, {.type = {1, false}}}};
  network.outputs = {"words"};
  network.nodes = {{.name = "words",
                    .inputs = {"ids"},
                    .op = FloatIsland{Embedding{FloatTensor({30, 2}, 1)}},
                    .is_float = true}};
  return network;
}

TEST(CornerInputs, OfIdsAreRowsOfTheirTable) {
  const AnyTensors corners = corner_inputs(embedded(), 4);
  EXPECT_THAT(integers(corners.at("ids")).data,
              ElementsAre(0, 0, 0, 29, 29, 29, 0, 0, 0, 0, 29, 0));
  EXPECT_THAT(integers(corners.at("mask")).data, ElementsAre(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0));
}

TEST(CornerInputs, OfAConvolutionLeaveOtherInputsAtZero) {
  IntNetwork network = small_network();
  network.inputs.push_back({"mask", {3}, {.type = {1, false}}});
  EXPECT_THAT(integers(slice_batch(corner_inputs(network, 6), 5, 1).at("mask")).data,
              ElementsAre(0, 0, 0));
}

TEST(RandomInputs, OfIdsAreRowsOfTheirTable) {
  InputOptions options;
  options.source = InputSource::kRandom;
  options.count = 100;
  const IntTensor ids = integers(make_inputs(embedded(), {}, options).tensors.at("ids"));
  EXPECT_THAT(ids.data, testing::Each(testing::AllOf(testing::Ge(0), testing::Le(29))));
  EXPECT_THAT(ids.data, testing::Contains(29));
}

TEST(SampleInputs, AreAtMostAsManyAsThereAre) {
  const std::map<std::string, SampleSet> samples = {
      {"test", {{{"x", IntTensor({3, 5, 5, 2})}}, {}}}};
  InputOptions options;
  options.set = "test";
  options.count = 2;
  EXPECT_EQ(shape_of(make_inputs(small_network(), samples, options).tensors.at("x"))[0], 2);
  options.count = 9;
  EXPECT_EQ(make_inputs(small_network(), samples, options).text, "3 of the samples 'test'");
}

TEST(SampleInputs, NameTheSetsThatThereAre) {
  InputOptions options;
  options.set = "tset";
  try {
    make_inputs(small_network(), {{"test", {{{"x", IntTensor({1, 5, 5, 2})}}, {}}}}, options);
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("got 'tset', expected one of the bundle's samples: test"));
  }
}

}  // namespace
}  // namespace systole
