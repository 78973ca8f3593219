// shapes_test.cpp: inferred shapes are those of the tensors that a run makes.
#include "model/network/shapes.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "model/network/ranges.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/unit/model/network/tiny_networks.h"

namespace systole {
namespace {

TEST(InferShapes, AgreesWithEveryTensorOfARun) {
  const Bundle bundle = tiny_int();
  const auto& network = std::get<IntNetwork>(bundle.network);
  const Shapes shapes = infer_shapes(network, 8);
  run_integer(network, bundle.samples.at("test").inputs, [&](const auto& node, const auto& y) {
    EXPECT_EQ(to_string(shapes.at(node.name)), to_string(shape_of(y))) << node.name;
  });
  EXPECT_EQ(shapes.size(), network.nodes.size() + 1);
}

TEST(InferShapes, AgreesWithEveryFloatTensorOfARun) {
  const Bundle bundle = tiny_float();
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const Shapes shapes = infer_shapes(network, 8);
  run_float(network,
            dequantize_inputs(all_integers(bundle.samples.at("test").inputs), network.inputs),
            [&](const auto& node, const auto& y) {
              EXPECT_EQ(to_string(shapes.at(node.name)), to_string(y.shape)) << node.name;
            });
}

TEST(ValueRanges, HoldEveryTensorOfARun) {
  const Bundle bundle = tiny_int();
  const auto& network = std::get<IntNetwork>(bundle.network);
  const Ranges ranges = value_ranges(network);
  run_integer(network, bundle.samples.at("test").inputs, [&](const auto& node, const auto& y) {
    for (const std::int32_t value : integers(y).data)
      ASSERT_TRUE(ranges.at(node.name).contains(value)) << node.name << " " << value;
  });
}

std::string complaint(const IntNetwork& network) {
  try {
    infer_shapes(network, 1);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(InferShapes, UnequalOperandsAreNamed) {
  IntNetwork network = one_op({4}, {8, true}, IntMatmul{.weight = IntTensor({4, 3}, 1)});
  const MulQuant quant{.channels = {{.scale = 1}}, .clamp = {0, 1}};
  network.nodes.push_back({.name = "sum", .inputs = {"x", "op"}, .op = IntAdd{quant}});
  EXPECT_EQ(complaint(network), "sum (add): got operands [1, 4] and [1, 3], expected equal shapes");
  network.nodes[1] = {.name = "join", .inputs = {"x", "op"}, .op = IntConcat{}};
  EXPECT_EQ(complaint(network), "");
  network.nodes[1] = {.name = "three", .inputs = {"x", "x", "x"}, .op = quant};
  EXPECT_EQ(complaint(network), "three (mul_quant): got 3 inputs, expected 1 to 2");
}

TEST(InferShapes, ImagesNeedFourAxes) {
  EXPECT_EQ(complaint(one_op({4}, {8, true}, IntMaxPool{})),
            "op (max_pool): got input [1, 4], expected an image [n, h, w, c]");
}

TEST(InferShapes, OutputsBeyondMemoryAreRefused) {
  const Conv2dParams params{.window = {.padding = {65535, 0, 0, 65535}}};
  const IntConv2d op{params, IntTensor({1, 1, 1, 1}, 1)};
  EXPECT_EQ(complaint(one_op({1, 1, 1}, {8, true}, op)),
            "op (int_conv2d): got output [1, 65536, 65536, 1], expected at most 2147483648 "
            "elements");
}

}  // namespace
}  // namespace systole
