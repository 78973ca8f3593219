// sqnr_test.cpp: signal to noise and the winner of logits, by hand.
#include "model/quant/sqnr.h"

#include <gtest/gtest.h>

#include <cmath>

namespace systole {
namespace {

/// y = relu(x), and an integer network that adds `error` codes to it.
FloatNetwork float_relu() {
  FloatNetwork network;
  network.inputs = {{.name = "x", .shape = {2}, .quantization = {.scale = 0.5, .type = {8, true}}}};
  network.nodes = {{.name = "y", .inputs = {"x"}, .op = Relu{}}};
  network.outputs = {"y"};
  return network;
}

IntNetwork int_relu(std::int64_t error) {
  IntNetwork network;
  network.inputs = float_relu().inputs;
  const MulQuant quant{.channels = {{.scale = 1, .bias = error}}, .clamp = {-128, 127}};
  network.nodes = {
      {.name = "q", .inputs = {"x"}, .op = quant, .output = {.scale = 0.5, .type = {8, true}}}};
  network.outputs = {"q"};
  return network;
}

TEST(ComparePaths, SqnrIsTheRatioOfEnergies) {
  // Signal 20 * 0.5 and 40 * 0.5; one code of error each: (100 + 400) / (0.25 + 0.25) = 30 dB.
  const IntTensors codes = {{"x", IntTensor({1, 2}, {20, 40})}};
  const PathComparison result = compare_paths(float_relu(), int_relu(1), {{"q", "y"}}, codes);
  ASSERT_EQ(result.ops.size(), 1U);
  EXPECT_EQ(result.ops[0].op, "q");
  EXPECT_EQ(result.ops[0].float_op, "y");
  EXPECT_NEAR(result.ops[0].sqnr_db, 30.0, 1e-9);
  EXPECT_EQ(result.ops[0].max_error, 0.5);
  EXPECT_EQ(result.float_outputs.at("y").data, (std::vector<float>{10, 20}));
  EXPECT_EQ(result.int_outputs.at("q").data, (std::vector<float>{10.5, 20.5}));
}

TEST(ComparePaths, EqualPathsHaveInfiniteSqnr) {
  const IntTensors codes = {{"x", IntTensor({1, 2}, 7)}};
  const PathComparison result = compare_paths(float_relu(), int_relu(0), {{"q", "y"}}, codes);
  EXPECT_TRUE(std::isinf(result.ops[0].sqnr_db));
}

TEST(ComparePaths, ChunksAreJoinedInOrder) {
  IntTensor codes({37, 2});
  for (std::int64_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int32_t>(i);
  const PathComparison result =
      compare_paths(float_relu(), int_relu(0), {{"q", "y"}}, {{"x", codes}});
  const FloatTensor& outputs = result.int_outputs.at("q");
  EXPECT_EQ(outputs.shape, (Shape{37, 2}));
  for (std::int64_t i = 0; i < codes.size(); ++i)
    EXPECT_EQ(outputs[i], 0.5F * static_cast<float>(i));
}

TEST(Top1, TheFirstOfEqualLogitsWins) {
  const FloatTensor logits({3, 3}, {1, 2, 2, -1, -1, -1, 0, 0, 1});
  EXPECT_EQ(top1(logits), (std::vector<std::int32_t>{1, 0, 2}));
  EXPECT_NEAR(top1_accuracy(logits, {1, 1, 2}), 2.0 / 3.0, 1e-12);
}

}  // namespace
}  // namespace systole
