// onnx_op_test.cpp: the ops that came with ONNX networks: written, read, checked and run.
#include "model/network/check.h"
#include "model/network/execute.h"
#include "model/network/ranges.h"
#include "tests/unit/model/network/bundle_errors.h"

namespace systole {
namespace {

constexpr const char* kOnnx = R"(format: systole-network
version: 1
kind: integer
name: onnx
inputs:
  - {name: image, shape: [4, 4, 2], type: uint16, scale: 0.5, zero_point: 300}
  - {name: rows, shape: [3, 4], type: int8}
outputs: [moved]
ops:
  - {name: conv, op: int_conv2d, inputs: [image], weight: weight, input_zero_point: 300}
  - {name: dbl, op: requantise, inputs: [conv], dialect: double, factor: one.double, offset: four.double, rounding: half_even, type: int8, real_scale: 0.5}
  - {name: res, op: requantise, inputs: [conv, dbl], dialect: double, factor: one.double, rounding: half_even, residual_factor: four.double, residual_zero_point: -1, type: int8, real_scale: 0.5}
  - {name: blocks, op: requantise_blocks, inputs: [conv], blocks: 2, factor: four.double, offset: two.double, zero_point: 3, type: int8, real_scale: 0.5}
  - {name: sum, op: requantise_add, inputs: [dbl, dbl], dialect: double, a_scale: 0.5, b_scale: 0.25, scale: 0.125, type: int8, real_scale: 0.125}
  - {name: soft, op: softmax, inputs: [rows], dialect: double, operand_scale: 0.5, zero_point: -128, type: int8, real_scale: 0.00390625}
  - {name: linear, op: softmax, inputs: [rows], dialect: qlinear, operand_scale: 0.5, type: uint8, real_scale: 0.00390625}
  - {name: moved, op: transpose, inputs: [dbl], order: [2, 0, 1]}
  - {name: part, op: slice, inputs: [dbl], start: [1, 0, 0], count: [2, 2, 4], step: [1, 3, 1]}
  - {name: high, op: split, inputs: [image], part: high, zero_point: 300}
  - {name: low, op: split, inputs: [image], part: low, zero_point: 300}
  - {name: a, op: int_conv2d, inputs: [high], weight: weight}
  - {name: b, op: int_conv2d, inputs: [low], weight: weight}
  - {name: both, op: join_sums, inputs: [a, b]}
  - {name: reals, op: dequantize, inputs: [rows]}
  - {name: norm, op: float_layer_norm, inputs: [reals], gamma: four.float, beta: four.float, epsilon: 0.001}
  - {name: turned, op: transpose, inputs: [norm], order: [1, 0]}
)";

std::vector<SafetensorsEntry> tensors() {
  return {encode("weight", IntTensor({1, 1, 2, 4}, {1, -2, 3, -4, 5, -6, 7, -8}), {8, true}),
          encode("one.double", Tensor<double>({1}, 0.001)),
          encode("two.double", Tensor<double>({2}, {0.5, -0.5})),
          encode("three.double", Tensor<double>({3}, 0.5)),
          encode("four.double", Tensor<double>({4}, {0.125, 0.25, 0.375, 0.5})),
          encode("three.float", FloatTensor({3}, 0.5F)),
          encode("four.float", FloatTensor({4}, 0.5F))};
}

Bundle load() {
  const test::TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  write_safetensors(temp.path("b/tensors.safetensors"), tensors());
  test::write_text(temp.path("b/network.yaml"), kOnnx);
  return load_bundle(temp.path("b"));
}

TEST(OnnxOps, WrittenAgainLoadBackEqual) {
  const Bundle bundle = load();
  const test::TempDirectory temp;
  write_bundle(temp.path("b"), bundle);
  EXPECT_TRUE(load_bundle(temp.path("b")).network == bundle.network);
}

TEST(OnnxOps, HoldWhatTheirKeysSay) {
  const Bundle bundle = load();
  const auto& nodes = std::get<IntNetwork>(bundle.network).nodes;
  const auto& scale = std::get<DoubleScale>(std::get<Requantise>(nodes[1].op).dialect);
  EXPECT_EQ(scale.offsets, (std::vector<double>{0.125, 0.25, 0.375, 0.5}));
  EXPECT_EQ(nodes[3].output, (Quantization{.scale = 0.5, .zero_point = 3, .type = {8, true}}));
  EXPECT_EQ(std::get<RealSoftmax>(nodes[6].op), (RealSoftmax{.rule = SoftmaxRule::kQLinear,
                                                             .operand_scale = 0.5,
                                                             .output_scale = 0.00390625,
                                                             .clamp = {0, 255}}));
  EXPECT_EQ(std::get<Slice>(nodes[8].op).axes[1], (AxisSlice{.start = 0, .count = 2, .step = 3}));
  EXPECT_EQ(nodes[9].output, (Quantization{.scale = 128, .type = {9, true}}));
  EXPECT_EQ(nodes[10].output, (Quantization{.scale = 0.5, .type = {8, false}}));
  EXPECT_TRUE(nodes[16].is_float);
}

TEST(OnnxOps, RunAndStayInTheirRanges) {
  const Bundle bundle = load();
  const auto& network = std::get<IntNetwork>(bundle.network);
  check_network(network);
  const Ranges ranges = value_ranges(network);
  IntTensor image({1, 4, 4, 2}), rows({1, 3, 4});
  for (std::int64_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::int32_t>(i * 2114);
  for (std::int64_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i * 23 - 128);
  AnyTensors seen;
  run_integer(network, {{"image", image}, {"rows", rows}},
              [&](const IntNode& node, const AnyTensor& y) {
                seen[node.name] = y;
                if (node.is_float) return;
                for (const std::int32_t code : integers(y).data)
                  EXPECT_TRUE(ranges.at(node.name).contains(code)) << node.name << " " << code;
              });
  EXPECT_EQ(integers(seen.at("both")), integers(seen.at("conv")));  // Two passes are exact.
  EXPECT_EQ(integers(seen.at("part")).shape, (Shape{1, 2, 2, 4}));
  EXPECT_EQ(integers(seen.at("moved")).shape, (Shape{1, 4, 4, 4}));
  EXPECT_EQ(reals(seen.at("turned")).shape, (Shape{1, 4, 3}));
  EXPECT_EQ(integers(seen.at("blocks")).shape, (Shape{1, 4, 4, 2}));
}

TEST(OnnxOps, WideSumsThatPass32BitsAreRefused) {
  Bundle bundle = load();
  auto& network = std::get<IntNetwork>(bundle.network);
  for (IntNode& node : network.nodes)
    if (auto* conv = std::get_if<IntConv2d>(&node.op)) conv->weight = IntTensor({1, 1, 2, 4}, 1);
  EXPECT_NO_THROW(check_network(network));
  network.inputs[0].quantization.zero_point = 0;
  std::get<SplitCodes>(network.nodes[9].op).zero_point = -2;
  try {
    check_network(network);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "high (split): got codes in [2, 65537], expected 17 bits signed, [-65536, 65535]; "
              "quantise them to fewer bits");
  }
}

class OnnxOpMessage : public testing::TestWithParam<Case> {};

TEST_P(OnnxOpMessage, NamesLineKeyAndWhatIsExpected) {
  expect_message(kOnnx, tensors(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Entries, OnnxOpMessage,
    testing::Values(
        Case{"OffsetCount", "offset: four.double, rounding", "offset: three.double, rounding",
             "11: dbl (requantise): got 3 offset values, expected 1 or 4, one per channel"},
        Case{"OffsetOfGemmlowp", "dialect: double, factor: one.double, offset",
             "dialect: float32, factor: one.double, offset",
             "11: ops[1].offset: got an unknown key, expected one of name, op, inputs, dialect, "
             "bias, input_zero_point, zero_point, clamp, type, real_scale, factor"},
        Case{"ResidualOfAnotherDialect", "inputs: [conv, dbl], dialect: double, factor: one.double",
             "inputs: [conv, dbl], dialect: float32, factor: one.double",
             "12: ops[2].rounding: got an unknown key, expected one of name, op, inputs, dialect, "
             "bias, input_zero_point, zero_point, clamp, type, real_scale, residual_factor, "
             "residual_zero_point, factor"},
        Case{
            "ResidualCount", "residual_factor: four.double", "residual_factor: three.double",
            "12: res (requantise): got 3 residual_factor values, expected 1 or 4, one per channel"},
        Case{"ResidualMissing", "inputs: [conv, dbl], dialect", "inputs: [conv], dialect",
             "12: ops[2].residual_factor: got an unknown key, expected one of name, op, inputs, "
             "dialect, bias, input_zero_point, zero_point, clamp, type, real_scale, factor, "
             "offset, rounding, tokens"},
        Case{"BlocksDoNotDivide", "blocks: 2", "blocks: 3",
             "13: ops[3].factor: got 4 values, expected a multiple of 3, the number of blocks"},
        Case{"BlocksOfOtherSums", "blocks: 2, factor: four.double", "blocks: 2, factor: two.double",
             "13: blocks (requantise_blocks): got input [1, 4, 4, 4], expected 2 channels, one per "
             "factor"},
        Case{"BlockOffsets", "offset: two.double", "offset: four.double",
             "13: blocks (requantise_blocks): got 4 offset values, expected 1 or 2, one per "
             "channel"},
        Case{"AddScale", "a_scale: 0.5", "a_scale: 0",
             "14: ops[4].a_scale: got 0, expected a number above 0"},
        Case{"AddKeys", "a_scale: 0.5", "a_factor: 3",
             "14: ops[4].a_factor: got an unknown key, expected one of name, op, inputs, a_scale, "
             "b_scale, scale, dialect, zero_point_a, zero_point_b, subtract, zero_point, clamp, "
             "type, real_scale"},
        Case{"OperandScale", "dialect: double, operand_scale: 0.5",
             "dialect: double, operand_scale: -1",
             "15: ops[5].operand_scale: got -1, expected a number above 0"},
        Case{"OrderTwice", "order: [2, 0, 1]", "order: [2, 0, 2]",
             "17: moved (transpose): got order [2, 0, 2] for input [1, 4, 4, 4], expected each of "
             "0 to 2 once: the axes without the batch"},
        Case{"OrderShort", "order: [2, 0, 1]", "order: [0, 1]",
             "17: moved (transpose): got order [0, 1] for input [1, 4, 4, 4], expected each of 0 "
             "to 2 once: the axes without the batch"},
        Case{"SliceOutside", "start: [1, 0, 0]", "start: [1, 1, 0]",
             "18: part (slice): got start 1, count 2, step 3 of axis 1, expected elements inside "
             "its extent of 4"},
        Case{"SliceStep", "step: [1, 3, 1]", "step: [1, 0, 1]",
             "18: ops[8].step[1]: got 0, expected an integer in [1, 1048576]"},
        Case{"SliceCounts", "count: [2, 2, 4]", "count: [2, 2]",
             "18: ops[8].count: got 2 and 3 values, expected 3, as start has"},
        Case{"SliceAxes", "start: [1, 0, 0], count: [2, 2, 4], step: [1, 3, 1]",
             "start: [1], count: [2]",
             "18: part (slice): got 1 axes, expected 3, without the batch"},
        Case{"Part", "part: high", "part: upper",
             "19: ops[9].part: got upper, expected one of high, low"},
        Case{"SplitOfReals", "op: transpose, inputs: [norm], order: [1, 0]",
             "op: split, inputs: [norm], part: low",
             "26: turned (split): got an operand of reals, expected integers; put a quantize op in "
             "front"},
        Case{"NormChannels", "gamma: four.float, beta: four.float",
             "gamma: three.float, beta: three.float",
             "25: norm (float_layer_norm): got input [1, 3, 4], expected 3 channels, as gamma has"},
        Case{"NormBeta", "beta: four.float", "beta: three.float",
             "25: ops[15].beta: got [3], expected [4], one per channel"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
