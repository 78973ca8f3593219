// execute_test.cpp: networks run op by op, and the observer sees every tensor.
#include "model/network/execute.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/unit/model/network/tiny_networks.h"

namespace systole {
namespace {

constexpr IntType kInt8 = {8, true};

TEST(RunInteger, ComputesTheEquationByHand) {
  // acc = [1*1 + 2*3, 1*2 + 2*4] = [7, 10]; q = rne((acc * 3 + 1) / 2) + 5 = [16, 20], clamped.
  IntNetwork network = one_op(
      {2}, kInt8, IntMatmul{.weight = IntTensor({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4})});
  network.nodes.push_back({.name = "quant",
                           .inputs = {"op"},
                           .op = MulQuant{.channels = {{.scale = 3, .bias = 1, .shift = 1}},
                                          .zero_point = 5,
                                          .clamp = {-128, 19}},
                           .output = {.type = kInt8}});
  network.outputs = {"quant", "op"};
  const IntTensors outputs = all_integers(run_integer(network, {{"x", IntTensor({1, 2}, {1, 2})}}));
  EXPECT_EQ(outputs.at("op").data, (std::vector<std::int32_t>{7, 10}));
  EXPECT_EQ(outputs.at("quant").data, (std::vector<std::int32_t>{16, 19}));
}

TEST(RunInteger, SubtractingFormTakesTheZeroPointOffAgain) {
  // v + zp = 7 + 5 = 12, clamped to 10, less 5 = 5; keeping gives 10.
  MulQuant op{.channels = {{.scale = 1}}, .zero_point = 5, .clamp = {-10, 10}};
  const AnyTensors inputs = {{"x", IntTensor({1, 1}, 7)}};
  const Quantization output = {.type = kInt8};
  EXPECT_EQ(integers(run_integer(one_op({1}, kInt8, op, output), inputs).at("op"))[0], 10);
  op.zero_point_form = ZeroPointForm::kSubtract;
  EXPECT_EQ(integers(run_integer(one_op({1}, kInt8, op, output), inputs).at("op"))[0], 5);
}

TEST(RunInteger, MulShiftKeepsTheFixedPointNumber) {
  const MulShift op{{{.scale = 3, .bias = -1, .shift = 4}, {.scale = -2, .bias = 5, .shift = 1}}};
  const IntTensors outputs =
      all_integers(run_integer(one_op({2}, kInt8, op), {{"x", IntTensor({1, 2}, {10, 20})}}));
  EXPECT_EQ(outputs.at("op").data, (std::vector<std::int32_t>{29, -35}));
}

TEST(RunInteger, ShowsEveryOpInOrderOnce) {
  const Bundle bundle = tiny_int();
  const auto& network = std::get<IntNetwork>(bundle.network);
  std::vector<std::string> seen;
  run_integer(network, bundle.samples.at("test").inputs,
              [&](const IntNode& node, const AnyTensor&) { seen.push_back(node.name); });
  std::vector<std::string> expected;
  for (const IntNode& node : network.nodes) expected.push_back(node.name);
  EXPECT_EQ(seen, expected);
}

TEST(RunInteger, ABatchIsItsSamplesOneByOne) {
  const Bundle bundle = tiny_int();
  const auto& network = std::get<IntNetwork>(bundle.network);
  const AnyTensors& inputs = bundle.samples.at("test").inputs;
  const IntTensor all = integers(run_integer(network, inputs).at("logits.quant"));
  std::vector<std::int32_t> joined;
  for (std::int64_t i = 0; i < 8; ++i) {
    const IntTensor one =
        integers(run_integer(network, slice_batch(inputs, i, 1)).at("logits.quant"));
    joined.insert(joined.end(), one.data.begin(), one.data.end());
  }
  EXPECT_EQ(all.data, joined);
}

TEST(RunFloat, ShowsEveryOpInOrderOnce) {
  const Bundle bundle = tiny_float();
  const auto& network = std::get<FloatNetwork>(bundle.network);
  std::vector<std::string> seen;
  run_float(network,
            dequantize_inputs(all_integers(bundle.samples.at("test").inputs), network.inputs),
            [&](const FloatNode& node, const FloatTensor&) { seen.push_back(node.name); });
  std::vector<std::string> expected;
  for (const FloatNode& node : network.nodes) expected.push_back(node.name);
  EXPECT_EQ(seen, expected);
}

std::string complaint(const AnyTensors& inputs) {
  try {
    run_integer(one_op({2}, kInt8, IntRelu{}), inputs);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(RunInteger, InputsThatDoNotFitAreBadInput) {
  EXPECT_EQ(complaint({{"x", IntTensor({3, 2}, 127)}}), "");
  EXPECT_EQ(complaint({}), "x: got no tensor, expected the network's input");
  EXPECT_EQ(complaint({{"x", IntTensor({1, 2})}, {"y", IntTensor({1, 2})}}),
            "y: got a tensor of this name, expected one of the network's 1 inputs");
  EXPECT_EQ(complaint({{"x", IntTensor({2})}}),
            "x: got [2], expected [batch, ...] of samples [2], one batch for all");
  EXPECT_EQ(complaint({{"x", IntTensor({0, 2})}}),
            "x: got [0, 2], expected [batch, ...] of samples [2], one batch for all");
  EXPECT_EQ(complaint({{"x", IntTensor({1, 2}, {0, 128})}}),
            "x: got 128 at [0, 1], expected codes in [-128, 127]");
}

TEST(Inputs, CodesAndRealsAreInverse) {
  const std::vector<NetworkInput> inputs = {
      {.name = "x",
       .shape = {3},
       .quantization = {.scale = 0.25, .zero_point = 10, .type = {8, false}}}};
  const IntTensors codes = {{"x", IntTensor({1, 3}, {0, 10, 255})}};
  const FloatTensors reals = dequantize_inputs(codes, inputs);
  EXPECT_EQ(reals.at("x").data, (std::vector<float>{-2.5F, 0.0F, 61.25F}));
  EXPECT_EQ(quantize_inputs(reals, inputs).at("x"), codes.at("x"));
}

}  // namespace
}  // namespace systole
