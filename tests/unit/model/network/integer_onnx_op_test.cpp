// integer_onnx_op_test.cpp: the ops of integer ONNX networks: written, read, checked and run.
#include "model/network/check.h"
#include "model/network/execute.h"
#include "model/network/ranges.h"
#include "tests/unit/model/network/bundle_errors.h"

namespace systole {
namespace {

constexpr const char* kNetwork = R"(format: systole-network
version: 1
kind: integer
name: integer_onnx
inputs:
  - {name: rows, shape: [3, 4], type: int8}
outputs: [mean]
ops:
  - {name: norm, op: i_layer_norm, inputs: [rows], weight: four, bias: one, shift: 3, clamp: [-100, 100], type: int8, real_scale: 0.5}
  - {name: shares, op: ita_max, inputs: [rows], bits: 8, type: uint8, real_scale: 0.00390625}
  - {name: gelu, op: i_gelu, inputs: [rows], b: -40, one: 1743}
  - {name: mean, op: integer_mean, inputs: [norm], axes: [0]}
  - {name: kept, op: integer_mean, inputs: [gelu], axes: [0, 1], keep_axes: true}
  - {name: real, op: dequantize, inputs: [rows]}
)";

std::vector<SafetensorsEntry> tensors() {
  return {encode("four", IntTensor({4}, {100, -200, 300, 400}), {32, true}),
          encode("one", IntTensor({1}, 7), {32, true}),
          encode("three", IntTensor({3}, 1), {32, true}),
          encode("wide", Tensor<std::int64_t>({4}, std::int64_t{1} << 31))};
}

IntNetwork load() {
  const test::TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  write_safetensors(temp.path("b/tensors.safetensors"), tensors());
  test::write_text(temp.path("b/network.yaml"), kNetwork);
  return std::get<IntNetwork>(load_bundle(temp.path("b")).network);
}

TEST(IntegerOnnxOps, WrittenAgainLoadBackEqual) {
  const IntNetwork network = load();
  const test::TempDirectory temp;
  Bundle bundle;
  bundle.network = network;
  write_bundle(temp.path("b"), bundle);
  EXPECT_TRUE(std::get<IntNetwork>(load_bundle(temp.path("b")).network) == network);
}

TEST(IntegerOnnxOps, HoldWhatTheirKeysSay) {
  const std::vector<IntNode> nodes = load().nodes;
  EXPECT_EQ(std::get<ILayerNorm>(nodes[0].op),
            (ILayerNorm{.weight = IntTensor({4}, {100, -200, 300, 400}),
                        .bias = IntTensor({1}, 7),
                        .shift = 3,
                        .clamp = {-100, 100}}));
  EXPECT_EQ(nodes[0].output, (Quantization{.scale = 0.5, .type = {8, true}}));
  EXPECT_EQ(std::get<ItaMax>(nodes[1].op), (ItaMax{.bits = 8}));
  EXPECT_EQ(nodes[1].output, (Quantization{.scale = 0.00390625, .type = {8, false}}));
  EXPECT_EQ(std::get<IGelu>(nodes[2].op), (IGelu{.b = -40, .one = 1743}));
  EXPECT_EQ(nodes[2].output.type, (IntType{32, true}));
  EXPECT_EQ(std::get<IntegerMean>(nodes[3].op), (IntegerMean{.axes = {0}}));
  EXPECT_EQ(nodes[3].output, nodes[0].output);
  EXPECT_EQ(std::get<IntegerMean>(nodes[4].op), (IntegerMean{.axes = {0, 1}, .keep_axes = true}));
}

TEST(IntegerOnnxOps, RunAndStayInTheirRanges) {
  const IntNetwork network = load();
  check_network(network);
  const Ranges ranges = value_ranges(network);
  IntTensor rows({2, 3, 4});
  for (std::int64_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i * 11 - 128);
  AnyTensors seen;
  run_integer(network, {{"rows", rows}}, [&](const IntNode& node, const AnyTensor& y) {
    seen[node.name] = y;
    if (node.is_float) return;
    for (const std::int32_t code : integers(y).data)
      EXPECT_TRUE(ranges.at(node.name).contains(code)) << node.name << " " << code;
  });
  EXPECT_EQ(integers(seen.at("norm")),
            i_layer_norm(rows, std::get<ILayerNorm>(network.nodes[0].op)));
  EXPECT_EQ(integers(seen.at("shares")), ita_max(rows, {}));
  EXPECT_EQ(integers(seen.at("gelu")), i_gelu(rows, {.b = -40, .one = 1743}));
  EXPECT_EQ(integers(seen.at("mean")).shape, (Shape{2, 4}));
  EXPECT_EQ(integers(seen.at("kept")).shape, (Shape{2, 1, 1}));
}

/// What `check_network` says of a network of one op on codes of this type.
std::string complaint(const IntOp& op, const IntType& type, const Quantization& output = {}) {
  IntNetwork network;
  network.inputs = {{.name = "x", .shape = {4}, .quantization = {.type = type}}};
  network.outputs = {"op"};
  network.nodes = {{.name = "op", .inputs = {"x"}, .op = op, .output = output}};
  try {
    check_network(network);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(IntegerOnnxOps, OfASoftmaxDifferByLessThanItsLevels) {
  EXPECT_EQ(complaint(ItaMax{.bits = 8}, {8, true}), "");
  EXPECT_EQ(complaint(ItaMax{.bits = 8}, {9, true}),
            "op (ita_max): got codes in [-256, 255], expected codes that differ by 255 at most; a "
            "mul_quant in front clamps them");
}

TEST(IntegerOnnxOps, OfAGeluFit32Bits) {
  // Codes up to 127: 127 * 16909320 is 2^31 - 8, one more is too much.
  EXPECT_EQ(complaint(IGelu{.b = 0, .one = 16909320}, {8, true}), "");
  EXPECT_EQ(complaint(IGelu{.b = 0, .one = 16909321}, {8, true}),
            "op (i_gelu): got sums up to 2147483767, expected at most 2147483647; use narrower "
            "operands");
}

TEST(IntegerOnnxOps, OfALayerNormTakeUpTo17Bits) {
  const ILayerNorm op{
      .weight = IntTensor({1}, 1), .bias = IntTensor({1}, 0), .shift = 0, .clamp = {-128, 127}};
  EXPECT_EQ(complaint(op, {17, true}), "");
  EXPECT_EQ(complaint(op, {18, true}),
            "op (i_layer_norm): got operand in [-131072, 131071], expected 17 bits signed, "
            "[-65536, 65535]; quantise them to fewer bits");
}

class IntegerOnnxOpMessage : public testing::TestWithParam<Case> {};

TEST_P(IntegerOnnxOpMessage, NamesLineKeyAndWhatIsExpected) {
  expect_message(kNetwork, tensors(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Entries, IntegerOnnxOpMessage,
    testing::Values(
        Case{"WeightCount", "weight: four", "weight: three",
             "9: norm (i_layer_norm): got 3 weight values, expected 1 or 4, one per channel"},
        Case{"BiasCount", "bias: one", "bias: three",
             "9: norm (i_layer_norm): got 3 bias values, expected 1 or 4, one per channel"},
        Case{"WideWeight", "weight: four", "weight: wide",
             "9: ops[0].weight: got 2147483648 at [0] of wide, expected values in [-2147483648, "
             "2147483647]"},
        Case{"Shift", "shift: 3", "shift: 63",
             "9: ops[0].shift: got 63, expected an integer in [0, 62]"},
        Case{"Clamp", "clamp: [-100, 100]", "clamp: [-129, 100]",
             "9: ops[0].clamp: got [-129, 100], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"Bits", "bits: 8", "bits: 17",
             "10: ops[1].bits: got 17, expected an integer in [1, 16]"},
        Case{"NarrowType", "bits: 8, type: uint8", "bits: 8, type: int8",
             "10: ops[1].type: got int8, expected one that holds [0, 255]"},
        Case{"PositiveB", "b: -40", "b: 1",
             "11: ops[2].b: got 1, expected an integer in [-65536, 0]"},
        Case{"NegativeOne", "one: 1743", "one: -1",
             "11: ops[2].one: got -1, expected an integer in [0, 2147483647]"},
        Case{"NoAxes", "axes: [0]", "axes: []",
             "12: ops[3].axes: got a sequence of 0, expected at least one axis"},
        Case{"AxesTwice", "axes: [0, 1]", "axes: [1, 1]",
             "13: ops[4].axes[1]: got 1, expected an integer in [2, 4]"},
        Case{"AxisBeyond", "axes: [0]", "axes: [2]",
             "12: mean (integer_mean): got axis 2, expected axes up to 1 of input [1, 3, 4]"},
        Case{"AllAxes", "axes: [0, 1], keep_axes: true", "axes: [0, 1]",
             "13: kept (integer_mean): got a mean over all axes of input [1, 3, 4], expected an "
             "axis "
             "that is left; set keep_axes"},
        Case{"NoOne", "op: dequantize, inputs: [rows]", "op: i_gelu, inputs: [rows], b: -1",
             "14: ops[5].one: got nothing, expected this key"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
