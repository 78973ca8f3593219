// bundle_error_test.cpp: every malformed bundle is one clear message with file, line and key.
#include <gtest/gtest.h>

#include <limits>

#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/tensor/safetensors.h"
#include "tests/support/files.h"
#include "tests/unit/model/network/bundle_errors.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

constexpr const char* kFloat = R"(format: systole-network
version: 1
kind: float
name: tiny
inputs:
  - {name: image, shape: [4, 4, 2], type: uint8, scale: 0.5, zero_point: 3}
outputs: [logits]
samples:
  test: {image: test.image, labels: test.labels}
ops:
  - {name: conv, op: conv2d, inputs: [image], weight: conv.weight, bias: four}
  - {name: bn, op: batch_norm, inputs: [conv], gamma: four, beta: four, mean: four, variance: four}
  - {name: max, op: max_pool, inputs: [bn], kernel: [2, 2], stride: [2, 2]}
  - {name: flat, op: flatten, inputs: [max]}
  - {name: logits, op: linear, inputs: [flat], weight: linear.weight}
)";

constexpr const char* kInteger = R"(format: systole-network
version: 1
kind: integer
name: tiny
inputs:
  - {name: image, shape: [4, 4, 2], type: uint8}
outputs: [quant]
ops:
  - {name: conv, op: int_conv2d, inputs: [image], weight: codes}
  - {name: first, op: mul_quant, inputs: [conv], scale: scale, shift: shift, type: int8, real_scale: 1}
  - {name: quant, op: mul_quant, inputs: [conv, first], scale: scale, bias: bias, shift: shift, residual_scale: scale, residual_shift: shift, clamp: [-8, 7], type: int8, real_scale: 0.5}
  - {name: sum, op: int_sum_pool, inputs: [first], kernel: [2, 2]}
  - {name: avg, op: avg_pool, inputs: [first], kernel: [1, 1], counts: [1], scale: one, shift: one, type: uint8, real_scale: 1}
)";

std::vector<SafetensorsEntry> tensors() {
  FloatTensor bad({4}, 1.0F);
  bad[2] = std::numeric_limits<float>::quiet_NaN();
  const IntType byte = {8, false};
  return {encode("conv.weight", FloatTensor({1, 1, 2, 4}, 0.5F)),
          encode("linear.weight", FloatTensor({16, 3}, 0.5F)),
          encode("four", FloatTensor({4}, 1.0F)),
          encode("three", FloatTensor({3}, 1.0F)),
          encode("nan", bad),
          encode("negative", FloatTensor({4}, -1.0F)),
          encode("empty", FloatTensor(Shape{0})),
          encode("test.image", IntTensor({5, 4, 4, 2}, 7), byte),
          encode("wide.image", IntTensor({5, 4, 4, 2}, 256), {16, true}),
          encode("test.labels", IntTensor({5}, 1), byte),
          encode("codes", IntTensor({1, 1, 2, 4}, -3), {8, true}),
          encode("wide.codes", IntTensor({1, 1, 2, 4}, 256), {16, true}),
          encode("scale", IntTensor({4}, 100), {32, true}),
          encode("three.scale", IntTensor({3}, 10), {32, true}),
          encode("bias", Tensor<std::int64_t>({4}, std::int64_t{1} << 40)),
          encode("shift", IntTensor({4}, 5), byte),
          encode("one", IntTensor({1}, 1), byte),
          encode("large.shift", IntTensor({4}, 63), byte)};
}

class FloatBundleError : public testing::TestWithParam<Case> {};
TEST_P(FloatBundleError, SaysWhereAndWhat) { expect_message(kFloat, tensors(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , FloatBundleError,
    testing::Values(
        Case{"Format", "systole-network", "onnx", "1: format: got onnx, expected systole-network"},
        Case{"Version", "version: 1", "version: 2",
             "2: version: got 2, expected 1, the one version that this program reads; use the "
             "Systole that wrote the bundle, or write it again with this one"},
        Case{"VersionBeforeKeys", "version: 1\n", "version: 2\nnew_key: 7\n",
             "2: version: got 2, expected 1, the one version that this program reads; use the "
             "Systole that wrote the bundle, or write it again with this one"},
        Case{"Kind", "kind: float", "kind: flaot",
             "3: kind: got flaot, expected one of float, integer; did you mean float?"},
        Case{"MissingKey", "outputs: [logits]\n", "",
             "1: outputs: got nothing, expected this key; did you mean inputs?"},
        Case{"UnknownTopKey", "outputs:", "extra: 1\noutputs:",
             "7: extra: got an unknown key, expected one of format, version, kind, name, "
             "description, source, inputs, outputs, samples, ops"},
        Case{"UnknownOp", "op: conv2d", "op: conv3d",
             "11: ops[0].op: got conv3d, expected one of conv2d, linear, batch_norm, relu, add, "
             "max_pool, avg_pool, global_avg_pool, concat, flatten, pad, identity, dropout, "
             "layer_norm, batch_matmul, scale, softmax, gelu, tanh, add_constant, class_token, "
             "embedding, mask_scores, reshape, transpose, slice, roll; did you mean conv2d?"},
        Case{"UnknownOpKey", "bias: four", "biass: four",
             "11: ops[0].biass: got an unknown key, expected one of name, op, inputs, weight, "
             "bias, stride, padding, dilation, groups; did you mean bias?"},
        Case{"MissingTensor", "weight: conv.weight", "weight: conv.wieght",
             "11: ops[0].weight: got conv.wieght, expected a tensor of TENSORS; did you mean "
             "conv.weight?"},
        Case{"WrongRank", "weight: conv.weight", "weight: linear.weight",
             "11: ops[0].weight: got linear.weight of shape [16, 3], expected 4 axes, none of them "
             "empty"},
        Case{"EmptyTensor", "bias: four", "bias: empty",
             "11: ops[0].bias: got empty of shape [0], expected 1 axes, none of them empty"},
        Case{"BiasLength", "bias: four", "bias: three",
             "11: ops[0].bias: got [3], expected [4], one per channel"},
        Case{"NonFinite", "bias: four", "bias: nan",
             "11: ops[0].bias: got nan at [2] of nan, expected finite values"},
        Case{"NegativeVariance", "variance: four", "variance: negative",
             "12: ops[1].variance: got -1, expected values >= 0, and > 0 with epsilon"},
        Case{"UnknownInput", "inputs: [conv]", "inputs: [covn]",
             "12: ops[1].inputs[0]: got covn, expected an input or an earlier op; did you mean "
             "conv?"},
        Case{"LaterInput", "inputs: [conv]", "inputs: [max]",
             "12: ops[1].inputs[0]: got max, expected an input or an earlier op"},
        Case{"NoInputs", "inputs: [conv]", "inputs: []",
             "12: ops[1].inputs: got a sequence of 0, expected at least one name"},
        Case{"DuplicateName", "name: bn", "name: conv",
             "12: ops[1].name: got conv, expected a name that no other input or op has"},
        Case{"NameOfAnInput", "name: bn", "name: image",
             "12: ops[1].name: got image, expected a name that no other input or op has"},
        Case{"BadName", "name: bn", "name: ../bn",
             "12: ops[1].name: got ../bn, expected 1 to 200 of the characters A-Z a-z 0-9 _ - . / "
             ":, a letter or _ first"},
        Case{"UnknownOutput", "outputs: [logits]", "outputs: [logit]",
             "7: outputs[0]: got logit, expected an input or op; did you mean logits?"},
        Case{"GroupsOfOutputs", "bias: four", "groups: 3",
             "11: ops[0].groups: got 3, expected a divisor of the weight's 4 output channels"},
        Case{"GroupsOfInputs", "bias: four", "groups: 2",
             "11: conv (conv2d): got input [1, 4, 4, 2], expected 4 channels (weight [1, 1, 2, 4] "
             "with 2 groups)"},
        Case{"ZeroStride", "stride: [2, 2]", "stride: [0, 2]",
             "13: ops[2].stride[0]: got 0, expected an integer in [1, 65536]"},
        Case{"ThreeStrides", "stride: [2, 2]", "stride: [2, 2, 2]",
             "13: ops[2].stride: got a sequence of 3, expected 2 integers"},
        Case{"WindowTooLarge", "kernel: [2, 2]", "kernel: [5, 2]",
             "13: max (max_pool): got input [1, 4, 4, 4], expected at least one window of 5x2 "
             "pixels (padding included)"},
        Case{"WindowOutsideImage", "stride: [2, 2]", "padding: [2, 0, 0, 0]",
             "13: max (max_pool): got input [1, 4, 4, 4], expected a pixel of the image in every "
             "window; less padding, or a smaller stride or dilation"},
        Case{"LinearWithoutFlatten", "inputs: [flat]", "inputs: [max]",
             "15: logits (linear): got input [1, 2, 2, 4], expected [..., 16] (weight [16, 3]); a "
             "flatten op in front turns an image into one row"},
        Case{"TwoInputs", "inputs: [max]", "inputs: [max, max]",
             "14: flat (flatten): got 2 inputs, expected 1"},
        Case{"InputType", "type: uint8", "type: float",
             "6: inputs[0].type: got float, expected int1 to int16, uint1 to uint16 or float32"},
        Case{"InputExtent", "shape: [4, 4, 2]", "shape: [4, 0, 2]",
             "6: inputs[0].shape[1]: got 0, expected an integer in [1, 1048576]"},
        Case{"InputZeroPoint", "zero_point: 3", "zero_point: 256",
             "6: inputs[0].zero_point: got 256, expected an integer in [0, 255]"},
        Case{"InputScale", "scale: 0.5", "scale: 0",
             "6: inputs[0].scale: got 0, expected a number above 0"},
        Case{"SampleShape", "image: test.image", "image: scale",
             "9: samples.test.image: got [4], expected [count, ...] of samples [4, 4, 2]"},
        Case{"SampleRange", "image: test.image", "image: wide.image",
             "9: samples.test.image: got 256 at [0, 0, 0, 0] of wide.image, expected values in [0, "
             "255]"},
        Case{"SampleLabels", "labels: test.labels", "labels: shift",
             "9: samples.test.labels: got [4], expected [5], one label per sample"},
        Case{"SampleTensor", "labels: test.labels", "labels: test.lables",
             "9: samples.test.labels: got test.lables, expected a tensor of TENSORS; did you mean "
             "test.labels?"}),
    [](const auto& test) { return test.param.name; });

class IntBundleError : public testing::TestWithParam<Case> {};
TEST_P(IntBundleError, SaysWhereAndWhat) { expect_message(kInteger, tensors(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , IntBundleError,
    testing::Values(
        Case{
            "FloatOp", "op: int_conv2d", "op: conv2d",
            "9: ops[0].op: got conv2d, expected one of int_conv2d, int_matmul, mul_shift, "
            "mul_quant, add, relu, max_pool, int_sum_pool, avg_pool, concat, flatten, "
            "int_batch_matmul, int_mul, clamp, lookup, rounded_avg_pool, requantise, "
            "requantise_add, quantize, float_mul_shift, pad, dequantize, requantise_blocks, split, "
            "join_sums, i_layer_norm, ita_max, i_gelu, integer_mean, softmax, score_softmax, "
            "constant, reshape, transpose, slice, roll, float_conv2d, float_linear, "
            "float_batch_norm, float_relu, float_add, float_max_pool, float_avg_pool, "
            "float_global_avg_pool, float_concat, float_flatten, float_pad, float_identity, "
            "float_dropout, float_layer_norm, float_batch_matmul, float_scale, float_softmax, "
            "float_gelu, float_tanh, float_add_constant, float_class_token, float_embedding, "
            "float_mask_scores; did you mean concat?"},
        Case{"WideWeights", "weight: codes", "weight: wide.codes",
             "9: ops[0].weight: got 256 at [0, 0, 0, 0] of wide.codes, expected values in [-256, "
             "255]"},
        Case{"ShiftTooLarge", "shift: shift", "shift: large.shift",
             "10: ops[1].shift: got 63 at [0] of large.shift, expected values in [0, 62]"},
        Case{"ShiftCount", "shift: shift", "shift: three.scale",
             "10: ops[1].shift: got [3], expected [1] or [4], as scale"},
        Case{"ScaleCount", "scale: scale, shift: shift", "scale: three.scale, shift: one",
             "10: first (mul_quant): got 3 scale values, expected 1 or 4, one per channel"},
        Case{"ResidualShift", "shift: shift, residual", "shift: one, residual",
             "11: ops[2].residual_shift: got 5 in channel 0, expected at most the channel's shift "
             "1"},
        Case{"ResidualWithoutOperand", "inputs: [conv, first]", "inputs: [conv]",
             "11: ops[2].residual_scale: got an unknown key, expected one of name, op, inputs, "
             "scale, bias, shift, rounding, zero_point, zero_point_form, clamp, type, real_scale, "
             "tokens; did you mean real_scale?"},
        Case{"ResidualConstantsMissing", "residual_scale: scale, ", "",
             "11: ops[2].residual_scale: got nothing, expected this key; did you mean "
             "residual_shift?"},
        Case{"ClampOutsideType", "clamp: [-8, 7]", "clamp: [-8, 128]",
             "11: ops[2].clamp: got [-8, 128], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"ClampOrder", "clamp: [-8, 7]", "clamp: [7, -8]",
             "11: ops[2].clamp: got [7, -8], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"OutputType", "type: int8, real_scale: 1}", "type: int18, real_scale: 1}",
             "10: ops[1].type: got int18, expected int1 to int17 or uint1 to uint16"},
        Case{"Rounding", "clamp: [-8, 7]", "rounding: nearest",
             "11: ops[2].rounding: got nearest, expected one of half_even, half_up, half_away, "
             "floor"},
        Case{"ZeroPointForm", "clamp: [-8, 7]", "zero_point_form: keeps",
             "11: ops[2].zero_point_form: got keeps, expected one of keep, subtract; did you mean "
             "keep?"},
        Case{"RealScale", "real_scale: 0.5", "real_scale: -1",
             "11: ops[2].real_scale: got -1, expected a number above 0"},
        Case{"CountsMissing", "counts: [1]", "counts: [2]",
             "13: avg (avg_pool): got no constants for a window of 1 pixels, expected constants "
             "for every count of pixels that occurs"},
        Case{"CountsLength", "counts: [1]", "counts: [1, 2]",
             "13: ops[4].counts: got 2 counts, expected 1, one per value of scale"}),
    [](const auto& test) { return test.param.name; });

TEST(BundleError, MissingFilesAreNamed) {
  const TempDirectory temp;
  EXPECT_THROW(load_bundle(temp.path("nowhere")), InputError);
  std::filesystem::create_directory(temp.path("b"));
  write_text(temp.path("b/network.yaml"), kFloat);
  try {
    load_bundle(temp.path("b"));
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind(temp.path("b/tensors.safetensors"), 0), 0U)
        << error.what();
  }
}

TEST(BundleError, TruncatedTensorsAreBadInput) {
  const TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  write_text(temp.path("b/network.yaml"), kFloat);
  write_safetensors(temp.path("b/tensors.safetensors"), tensors());
  const std::string whole = read_text(temp.path("b/tensors.safetensors"));
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    write_text(temp.path("b/tensors.safetensors"), whole.substr(0, size));
    EXPECT_THROW(load_bundle(temp.path("b")), InputError) << size << " bytes";
  }
}

}  // namespace
}  // namespace systole
