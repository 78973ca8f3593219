// shapes_test.cpp: inferred shapes are those of the tensors that a run makes.
#include "model/network/shapes.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "model/network/execute.h"
#include "model/network/ranges.h"
#include "tests/fixtures/bundle_v1.h"
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
  run_float(network, real_inputs(bundle.samples.at("test").inputs, network.inputs),
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

TEST(InferShapes, OfEveryOpGrowWithTheBatchAlone) {
  const Bundle bundle = bundle_v1_integer();
  const auto& network = std::get<IntNetwork>(bundle.network);
  const Shapes one = infer_shapes(network, 1), five = infer_shapes(network, 5);
  for (const auto& [name, shape] : one) {
    Shape expected = shape;
    expected[0] = 5;
    EXPECT_EQ(five.at(name), expected) << name;
  }
  EXPECT_EQ(one.at("pad"), (Shape{1, 5, 6, 4}));
  EXPECT_EQ(one.at("reshape"), (Shape{1, 2, 8, 4}));
  EXPECT_EQ(one.at("matmul_nt"), (Shape{1, 16, 16}));
  EXPECT_EQ(one.at("matmul_tn"), (Shape{1, 4, 4}));
  EXPECT_EQ(one.at("concat_real"), (Shape{1, 4, 4, 8}));
  EXPECT_EQ(one.at("float_flatten"), (Shape{1, 128}));
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

TEST(InferShapes, ASoftmaxHasAtMost4095Channels) {
  const GemmlowpSoftmax op{.beta = {1 << 30, 0}, .clamp = {-128, 127}};
  EXPECT_EQ(complaint(one_op({4095}, {8, true}, op)), "");
  EXPECT_EQ(complaint(one_op({4096}, {8, true}, op)),
            "op (softmax): got input [1, 4096], expected at most 4095 channels");
}

TEST(InferShapes, AbsurdWindowsAreJudgedAtOnce) {
  // 2^20 positions, each with 2^16 taps along one axis: counted one by one, this takes minutes.
  const Window tall = {.kernel = {65536, 1}, .padding = {65535, 0, 0, 0}};
  MulQuant quant{.channels = {{.scale = 1}}, .clamp = {-128, 127}};
  EXPECT_EQ(complaint(one_op({1 << 20, 1, 1}, {8, true}, IntMaxPool{tall})), "");
  EXPECT_EQ(complaint(one_op({1 << 20, 1, 1}, {8, true},
                             IntAvgPool{.window = tall, .quant_by_count = {{1, quant}}})),
            "op (avg_pool): got no constants for a window of 2 pixels, expected constants for "
            "every count of pixels that occurs");
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
