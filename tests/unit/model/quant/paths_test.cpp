// paths_test.cpp: the three paths of a small network, by hand.
#include "model/quant/paths.h"

#include <gtest/gtest.h>

#include <cmath>

namespace systole {
namespace {

/// y = relu(x) with codes of half a unit, and an integer network that adds `error` codes to it.
EncodedNetwork encoded_relu(double step = 0.5) {
  EncodedNetwork encoded;
  encoded.network.inputs = {
      {.name = "x", .shape = {2}, .quantization = {.scale = 0.5, .type = {8, true}}}};
  encoded.network.nodes = {{.name = "y", .inputs = {"x"}, .op = Relu{}}};
  encoded.network.outputs = {"y"};
  encoded.tensors["y"] = {.name = "y",
                          .spec = {.format = IntFormat{.bits = 8}},
                          .scale = Tensor<double>({}, {step}),
                          .zero_point = IntTensor({}, {0})};
  return encoded;
}

IntNetwork int_relu(std::int64_t error) {
  IntNetwork network;
  network.inputs = encoded_relu().network.inputs;
  const MulQuant quant{.channels = {{.scale = 1, .bias = error}}, .clamp = {-128, 127}};
  network.nodes = {
      {.name = "q", .inputs = {"x"}, .op = quant, .output = {.scale = 0.5, .type = {8, true}}}};
  network.outputs = {"q"};
  return network;
}

PathComparison compare(std::int64_t error, const IntTensor& codes, const BatchOptions& options = {},
                       double step = 0.5) {
  const EncodedNetwork encoded = encoded_relu(step);
  const IntNetwork integers = int_relu(error);
  const AnyTensors samples = {{"x", codes}};
  return compare_paths({encoded, &integers, {{"q", "y"}}}, samples_of(samples), options);
}

TEST(ComparePaths, SqnrIsTheRatioOfEnergies) {
  // Signal 20 * 0.5 and 40 * 0.5; one code of error each: (100 + 400) / (0.25 + 0.25) = 30 dB.
  const PathComparison result = compare(1, IntTensor({1, 2}, {20, 40}));
  ASSERT_EQ(result.ops.size(), 1U);
  EXPECT_EQ(result.ops[0].op, "q");
  EXPECT_EQ(result.ops[0].float_op, "y");
  EXPECT_NEAR(sqnr_db(result.ops[0].integer_to_float), 30.0, 1e-9);
  EXPECT_NEAR(sqnr_db(result.ops[0].integer_to_fake), 30.0, 1e-9);
  EXPECT_EQ(result.ops[0].integer_to_float.max_error, 0.5);
  EXPECT_EQ(result.ops[0].exact, 0);
  EXPECT_EQ(result.ops[0].elements, 2);
  EXPECT_EQ(result.float_outputs.at("y").data, (std::vector<float>{10, 20}));
  EXPECT_EQ(result.fake_outputs.at("y").data, (std::vector<float>{10, 20}));
  EXPECT_EQ(result.int_outputs.at("q").data, (std::vector<float>{10.5, 20.5}));
}

TEST(ComparePaths, EqualPathsHaveInfiniteSqnr) {
  const PathComparison result = compare(0, IntTensor({1, 2}, 7));
  EXPECT_TRUE(std::isinf(sqnr_db(result.ops[0].integer_to_float)));
  EXPECT_EQ(result.ops[0].exact, 2);
}

TEST(ComparePaths, ClippedElementsAreCounted) {
  // Codes of 1/8 reach 127 / 8 = 15.875, and half a code more rounds to it.
  const PathComparison result = compare(0, IntTensor({2, 2}, {30, 31, 32, 127}), {}, 0.125);
  EXPECT_EQ(result.ops[0].clipped, 2);
  EXPECT_EQ(result.fake_outputs.at("y").data, (std::vector<float>{15, 15.5, 15.875, 15.875}));
  EXPECT_EQ(result.ops[0].exact, 2);
}

TEST(ComparePaths, BatchesAndThreadsChangeNothing) {
  IntTensor codes({37, 2});
  for (std::int64_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int32_t>(i);
  for (const int threads : {1, 2, 3}) {
    std::vector<std::int64_t> seen;
    const PathComparison result =
        compare(1, codes,
                {.batch = 5, .threads = threads, .progress = [&](std::int64_t done, std::int64_t) {
                   seen.push_back(done);
                 }});
    const FloatTensor& outputs = result.int_outputs.at("q");
    EXPECT_EQ(outputs.shape, (Shape{37, 2}));
    for (std::int64_t i = 0; i < codes.size(); ++i)
      EXPECT_EQ(outputs[i], 0.5F * static_cast<float>(i + 1));
    EXPECT_EQ(result.ops[0].elements, 74);
    EXPECT_EQ(result.ops[0].integer_to_float.noise, 74 * 0.25);
    EXPECT_EQ(seen.back(), 37);
  }
}

}  // namespace
}  // namespace systole
