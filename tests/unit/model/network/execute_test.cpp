// execute_test.cpp: networks run op by op, and the observer sees every tensor.
#include "model/network/execute.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/config/error.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/unit/model/network/tiny_networks.h"
#include "tests/unit/model/ops/random.h"

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

TEST(RunInteger, AZeroPointIsTakenFromCodesAndPadding) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    IntConv2d conv{.params = {.window = random.window()}};
    conv.params.pad_value = static_cast<std::int32_t>(random.integer(0, 255));
    conv.input_zero_point = static_cast<std::int32_t>(random.integer(0, 255));
    const auto [kh, kw] = conv.params.window.kernel;
    conv.weight = random.ints({kh, kw, 2, 3}, -128, 127);
    const IntTensor codes = random.ints({2, 6, 6, 2}, 0, 255);
    const IntTensor got =
        integers(run_integer(one_op({6, 6, 2}, {8, false}, conv), {{"x", codes}}).at("op"));

    // The same with every code and the padding worked out beforehand.
    IntTensor subtracted = codes;
    for (std::int32_t& code : subtracted.data) code -= conv.input_zero_point;
    Conv2dParams params = conv.params;
    params.pad_value -= conv.input_zero_point;
    EXPECT_EQ(got, int_conv2d(subtracted, conv.weight, params)) << "seed " << seed;
  }
}

TEST(RunInteger, APaddedPixelOfTheZeroPointAddsNothing) {
  // One pixel of code 5 under a 3x3 window of ones: 5 - 2 everywhere, padding adds 2 - 2.
  IntConv2d conv{.params = {.window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}}},
                 .weight = IntTensor({3, 3, 1, 1}, 1),
                 .input_zero_point = 2};
  const AnyTensors image = {{"x", IntTensor({1, 1, 1, 1}, 5)}};
  conv.params.pad_value = 2;
  EXPECT_EQ(integers(run_integer(one_op({1, 1, 1}, {8, false}, conv), image).at("op"))[0], 3);
  conv.params.pad_value = 0;
  EXPECT_EQ(integers(run_integer(one_op({1, 1, 1}, {8, false}, conv), image).at("op"))[0],
            3 - 8 * 2);
}

TEST(RunInteger, AMatmulTakesItsZeroPointFromEveryCode) {
  const IntMatmul op{.weight = IntTensor({2, 1}, std::vector<std::int32_t>{3, -4}),
                     .input_zero_point = -5};
  const AnyTensors y = run_integer(one_op({2}, kInt8, op), {{"x", IntTensor({1, 2}, {1, 2})}});
  EXPECT_EQ(integers(y.at("op"))[0], 6 * 3 - 7 * 4);
}

/// x -> first = clamp(x) -> second = max(0, first) -> third = second * second.
IntNetwork chain() {
  IntNetwork network = one_op({2}, kInt8, IntClamp{{-10, 10}}, {.type = kInt8});
  network.nodes[0].name = "first";
  network.nodes.push_back(
      {.name = "second", .inputs = {"first"}, .op = IntRelu{}, .output = {.type = kInt8}});
  network.nodes.push_back({.name = "third",
                           .inputs = {"second", "second"},
                           .op = IntMul{},
                           .output = {.type = {32, true}}});
  network.outputs = {"third", "first"};
  return network;
}

TEST(RunInteger, KnownTensorsReplaceOperandsAndNothingElse) {
  const AnyTensor stand_in = IntTensor({1, 2}, {-3, 4});
  std::map<std::string, AnyTensor> seen;
  const AnyTensors outputs = run_integer(
      chain(), {{"x", IntTensor({1, 2}, {50, 7})}},
      [&](const IntNode& node, const AnyTensor& y) { seen[node.name] = y; },
      [&](const std::string& name) { return name == "first" ? &stand_in : nullptr; });
  EXPECT_EQ(integers(seen.at("first")).data, (std::vector<std::int32_t>{10, 7}));
  EXPECT_EQ(integers(seen.at("second")).data, (std::vector<std::int32_t>{0, 4}));
  EXPECT_EQ(integers(outputs.at("third")).data, (std::vector<std::int32_t>{0, 16}));
  EXPECT_EQ(outputs.at("first"), seen.at("first"));  // What was computed.
}

TEST(RunInteger, KnownInputsReplaceInputs) {
  const AnyTensor stand_in = IntTensor({1, 2}, {1, -1});
  const AnyTensors outputs =
      run_integer(chain(), {{"x", IntTensor({1, 2}, {9, 9})}}, {},
                  [&](const std::string& name) { return name == "x" ? &stand_in : nullptr; });
  EXPECT_EQ(integers(outputs.at("first")).data, (std::vector<std::int32_t>{1, -1}));
}

/// One op on an input of reals, which gives reals.
FloatTensor run_on_reals(Shape shape, IntOp op, const FloatTensor& x, std::size_t operands = 1) {
  IntNetwork network = one_op(std::move(shape), kInt8, std::move(op), {}, operands);
  network.inputs[0].is_float = true;
  network.nodes[0].is_float = true;
  return reals(run_integer(network, {{"x", x}}).at("op"));
}

TEST(RunInteger, MovesRealsAsItMovesCodes) {
  const FloatTensor x({1, 2, 2}, {0.5F, -1, 2, 1e30F});
  EXPECT_EQ(run_on_reals({2, 2}, IntFlatten{}, x), FloatTensor({1, 4}, x.data));
  EXPECT_EQ(run_on_reals({2, 2}, Reshape{.shape = {4, 1}}, x), FloatTensor({1, 4, 1}, x.data));
  EXPECT_EQ(run_on_reals({2, 2}, IntConcat{}, x, 2),
            FloatTensor({1, 2, 4}, {0.5F, -1, 0.5F, -1, 2, 1e30F, 2, 1e30F}));
  EXPECT_EQ(run_on_reals({2, 2}, Pad{.amounts = {{0, 1}, {1, 0}}, .value = -3}, x),
            FloatTensor({1, 3, 3}, {-3, 0.5F, -1, -3, 2, 1e30F, -3, -3, -3}));
}

TEST(RunInteger, IslandsTakeCodesAsNumbers) {
  // The codes themselves, not what they stand for: a float op has no scale.
  IntNetwork network = one_op({2}, kInt8, FloatIsland{Add{}}, {}, 2);
  network.inputs[0].quantization = {.scale = 0.25, .zero_point = 3, .type = kInt8};
  network.inputs.push_back({.name = "r", .shape = {2}, .quantization = {}, .is_float = true});
  network.nodes[0].inputs = {"x", "r"};
  network.nodes[0].is_float = true;
  const AnyTensors y = run_integer(
      network, {{"x", IntTensor({1, 2}, {-7, 100})}, {"r", FloatTensor({1, 2}, {0.5F, 0.25F})}});
  EXPECT_EQ(reals(y.at("op")), FloatTensor({1, 2}, {-6.5F, 100.25F}));
}

TEST(RunInteger, DequantizeGivesWhatCodesStandFor) {
  const Quantization operand = {.scale = 0.25, .zero_point = 3, .type = kInt8};
  IntNetwork network = one_op({2}, kInt8, Dequantize{operand});
  network.nodes[0].is_float = true;
  const AnyTensors y = run_integer(network, {{"x", IntTensor({1, 2}, {3, -128})}});
  EXPECT_EQ(reals(y.at("op")), FloatTensor({1, 2}, {0, -32.75F}));
}

TEST(RunInteger, InputsOfRealsAreFiniteReals) {
  const auto complaint = [](const AnyTensor& x) -> std::string {
    IntNetwork network = one_op({2}, kInt8, IntFlatten{});
    network.inputs[0].is_float = true;
    network.nodes[0].is_float = true;
    try {
      run_integer(network, {{"x", x}});
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(complaint(FloatTensor({1, 2}, {-0.0F, 3e38F})), "");
  EXPECT_EQ(complaint(IntTensor({1, 2}, 0)), "x: got integers, expected reals (float32)");
  EXPECT_EQ(complaint(FloatTensor({1, 2}, {0, std::numeric_limits<float>::infinity()})),
            "x: got inf at [0, 1], expected finite values");
  EXPECT_EQ(complaint(FloatTensor({1, 3})),
            "x: got [1, 3], expected [batch, ...] of samples [2], one batch for all");
}

TEST(RunInteger, InputsOfCodesAreNoReals) {
  try {
    run_integer(one_op({2}, kInt8, IntRelu{}), {{"x", FloatTensor({1, 2})}});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "x: got reals, expected integer codes");
  }
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
  run_float(network, real_inputs(bundle.samples.at("test").inputs, network.inputs),
            [&](const FloatNode& node, const FloatTensor&) { seen.push_back(node.name); });
  std::vector<std::string> expected;
  for (const FloatNode& node : network.nodes) expected.push_back(node.name);
  EXPECT_EQ(seen, expected);
}

/// `x` [2, 1] of reals into `op`.
FloatTensor run_one(FloatOp op, const std::vector<float>& x) {
  const FloatNetwork network{
      .name = "one",
      .inputs = {{.name = "x", .shape = {2, 1}, .quantization = {}, .is_float = true}},
      .outputs = {"op"},
      .nodes = {{.name = "op", .inputs = {"x"}, .op = std::move(op)}}};
  const auto batch = static_cast<std::int64_t>(x.size()) / 2;
  return run_float(network, {{"x", FloatTensor({batch, 2, 1}, x)}}).at("op");
}

TEST(RunFloat, AReluStopsAtItsMaximum) {
  EXPECT_EQ(run_one(Relu{.max = 6}, {-1, 5, 6, 7}).data, (std::vector<float>{0, 5, 6, 6}));
  EXPECT_EQ(run_one(Relu{}, {-1, 5, 6, 7}).data, (std::vector<float>{0, 5, 6, 7}));
}

TEST(RunFloat, APadIsZeros) {
  EXPECT_EQ(run_one(Pad{.amounts = {{1, 0}, {0, 1}}}, {3, 4}),
            FloatTensor({1, 3, 2}, {0, 0, 3, 0, 4, 0}));
}

TEST(RunFloat, IdentityAndDropoutPassTheirOperandOn) {
  EXPECT_EQ(run_one(Identity{}, {-3, 4}), FloatTensor({1, 2, 1}, {-3, 4}));
  EXPECT_EQ(run_one(Dropout{.rate = 0.5F}, {-3, 4}), FloatTensor({1, 2, 1}, {-3, 4}));
}

TEST(RunFloat, TakesRealsAsTheyAreAndCodesForWhatTheyStandFor) {
  const std::vector<NetworkInput> inputs = {
      {.name = "codes", .shape = {1}, .quantization = {.scale = 0.5, .zero_point = 2}},
      {.name = "reals", .shape = {1}, .quantization = {}, .is_float = true}};
  const FloatTensors got =
      real_inputs({{"codes", IntTensor({1, 1}, 5)}, {"reals", FloatTensor({1, 1}, 0.1F)}}, inputs);
  EXPECT_EQ(got.at("codes"), FloatTensor({1, 1}, 1.5F));
  EXPECT_EQ(got.at("reals"), FloatTensor({1, 1}, 0.1F));
}

TEST(Inputs, RealsAreNoCodes) {
  try {
    all_integers({{"x", FloatTensor({1, 1}, 0.5F)}});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "x: got reals (float32), expected integer codes");
  }
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
  const FloatTensors reals = real_inputs(AnyTensors(codes.begin(), codes.end()), inputs);
  EXPECT_EQ(reals.at("x").data, (std::vector<float>{-2.5F, 0.0F, 61.25F}));
  EXPECT_EQ(quantize_inputs(reals, inputs).at("x"), codes.at("x"));
}

}  // namespace
}  // namespace systole
