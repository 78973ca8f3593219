// tool_op_error_test.cpp: every malformed entry of an imported network's ops is one clear message.
#include <limits>

#include "model/network/check.h"
#include "tests/unit/model/network/bundle_errors.h"

namespace systole {
namespace {

constexpr const char* kTools = R"(format: systole-network
version: 1
kind: integer
name: tools
inputs:
  - {name: image, shape: [4, 4, 2], type: uint8}
  - {name: signal, shape: [4, 4, 2], type: float32}
outputs: [gem]
samples:
  test: {image: image.codes, signal: signal.reals}
ops:
  - {name: conv, op: int_conv2d, inputs: [image], weight: weight, input_zero_point: 3}
  - {name: gem, op: requantise, inputs: [conv], dialect: gemmlowp, multiplier: four.multiplier, shift: four.shift, bias: four.bias, clamp: [-100, 100], type: int8, real_scale: 0.5}
  - {name: flt, op: requantise, inputs: [conv], dialect: float32, factor: one.float, type: uint8, real_scale: 0.5}
  - {name: dbl, op: requantise, inputs: [conv], dialect: double, factor: one.double, rounding: half_even, type: int8, real_scale: 0.5}
  - {name: sum, op: requantise_add, inputs: [gem, gem], dialect: gemmlowp, a_factor: [1073741824, 0], b_factor: [1073741824, 0], sum_factor: [1073741824, -18], type: int8, real_scale: 1}
  - {name: fix, op: requantise_add, inputs: [gem, gem], dialect: float32, a_factor: 3, b_factor: -4, shift: 2, type: int8, real_scale: 1}
  - {name: soft, op: softmax, inputs: [gem], dialect: gemmlowp, beta: [1717986918, 23], diff_min: -248, zero_point: -128, type: int8, real_scale: 0.00390625}
  - {name: codes, op: quantize, inputs: [signal], rule: multiply, factor: 8, zero_point: 33, range: [0, 255], subtract: true, type: int9, real_scale: 0.125}
  - {name: shifted, op: float_mul_shift, inputs: [conv], scale: four.reals, bias: one.float, shift: 12}
  - {name: look, op: lookup, inputs: [gem], table: table, lowest: -128, type: int8, real_scale: 1}
  - {name: flat, op: flatten, inputs: [gem]}
  - {name: pin, op: clamp, inputs: [gem], clamp: [0, 6]}
  - {name: pool, op: rounded_avg_pool, inputs: [gem], kernel: [2, 2], clamp: [-128, 127]}
  - {name: pad, op: pad, inputs: [gem], amounts: [[1, 1], [0, 0], [0, 0]], value: -7}
  - {name: shape, op: reshape, inputs: [gem], shape: [16, 4]}
  - {name: reals, op: dequantize, inputs: [gem]}
  - {name: island, op: float_conv2d, inputs: [signal], weight: filter, bias: four.reals}
  - {name: both, op: concat, inputs: [reals, island]}
  - {name: dense, op: int_matmul, inputs: [flat], weight: dense, input_zero_point: -5}
  - {name: batch, op: int_batch_matmul, inputs: [gem, flt], transpose_b: true}
  - {name: mul, op: int_mul, inputs: [gem, flt], zero_point_b: 128}
)";

std::vector<SafetensorsEntry> tensors() {
  constexpr IntType kByte = {8, true};
  constexpr IntType kWord = {32, true};
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  return {encode("weight", IntTensor({1, 1, 2, 4}, 3), kByte),
          encode("dense", IntTensor({64, 3}, 1), kByte),
          encode("four.multiplier", IntTensor({4}, 1 << 30), kWord),
          encode("four.shift", IntTensor({4}, -4), kByte),
          encode("four.bias", IntTensor({4}, 100), kWord),
          encode("three", IntTensor({3}, 1), kByte),
          encode("negative", IntTensor({4}, -1), kByte),
          encode("far.shift", IntTensor({4}, -32), kByte),
          encode("wide.bias", Tensor<std::int64_t>({4}, std::int64_t{1} << 31)),
          encode("one.float", FloatTensor({1}, 0.5F)),
          encode("nan.float", FloatTensor({1}, kNan)),
          encode("one.double", Tensor<double>({1}, 0.5)),
          encode("four.reals", FloatTensor({4}, 0.5F)),
          encode("three.reals", FloatTensor({3}, 0.5F)),
          encode("table", IntTensor({256}, 5), kByte),
          encode("wide.table", IntTensor({256}, 128), {16, true}),
          encode("filter", FloatTensor({1, 1, 2, 4}, 0.5F)),
          encode("image.codes", IntTensor({2, 4, 4, 2}, 7), kByte),
          encode("signal.reals", FloatTensor({2, 4, 4, 2}, 0.5F)),
          encode("signal.nan", FloatTensor({2, 4, 4, 2}, kNan)),
          encode("signal.codes", IntTensor({2, 4, 4, 2}, 7), kByte),
          encode("signal.three", FloatTensor({3, 4, 4, 2}, 0.5F))};
}

class ToolOpError : public testing::TestWithParam<Case> {};
TEST_P(ToolOpError, SaysWhereAndWhat) { expect_message(kTools, tensors(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , ToolOpError,
    testing::Values(
        Case{"Dialect", "dialect: gemmlowp, multiplier", "dialect: gemlowp, multiplier",
             "13: ops[1].dialect: got gemlowp, expected one of gemmlowp, ruy, float32, double; did "
             "you mean gemmlowp?"},
        Case{"DialectMissing", "dialect: double, ", "",
             "15: ops[3].dialect: got nothing, expected this key"},
        Case{"KeyOfAnotherDialect", "dialect: double, factor: one.double",
             "dialect: ruy, factor: one.double",
             "15: ops[3].factor: got an unknown key, expected one of name, op, inputs, dialect, "
             "bias, input_zero_point, zero_point, clamp, type, real_scale, multiplier, shift"},
        Case{"MultiplierMissing", "multiplier: four.multiplier, ", "",
             "13: ops[1].multiplier: got nothing, expected this key"},
        Case{"MultiplierTensorMissing", "multiplier: four.multiplier",
             "multiplier: four.mutliplier",
             "13: ops[1].multiplier: got four.mutliplier, expected a tensor of TENSORS; did you "
             "mean four.multiplier?"},
        Case{
            "MultiplierNegative", "multiplier: four.multiplier", "multiplier: negative",
            "13: ops[1].multiplier: got -1 at [0] of negative, expected values in [0, 2147483647]"},
        Case{"ShiftTooFar", "shift: four.shift", "shift: far.shift",
             "13: ops[1].shift: got -32 at [0] of far.shift, expected values in [-31, 30]"},
        Case{"ShiftLength", "shift: four.shift", "shift: three",
             "13: ops[1].shift: got 3 values, expected 4, as multiplier has"},
        Case{"FactorCount", "multiplier: four.multiplier, shift: four.shift, bias: four.bias",
             "multiplier: three, shift: three",
             "13: gem (requantise): got 3 factor values, expected 1 or 4, one per channel"},
        Case{"BiasLength", "bias: four.bias", "bias: three",
             "13: ops[1].bias: got 3 values, expected 1 or 4, as the others"},
        Case{"BiasCountAlone", "factor: one.float,", "factor: one.float, bias: three,",
             "14: flt (requantise): got 3 bias values, expected 1 or 4, one per channel"},
        Case{"BiasBeyond32Bits", "bias: four.bias", "bias: wide.bias",
             "13: ops[1].bias: got 2147483648 at [0] of wide.bias, expected values in "
             "[-2147483648, 2147483647]"},
        Case{"FactorOfIntegers", "factor: one.float", "factor: three",
             "14: ops[2].factor: got three of dtype I8, expected reals: F32, F64, F16 or BF16"},
        Case{"FactorNotFinite", "factor: one.float", "factor: nan.float",
             "14: ops[2].factor: got nan at [0] of nan.float, expected finite values"},
        Case{"FactorRank", "factor: one.float", "factor: signal.reals",
             "14: ops[2].factor: got signal.reals of shape [2, 4, 4, 2], expected 1 axes, none of "
             "them empty"},
        Case{"RoundingOfDouble", "rounding: half_even", "rounding: floor",
             "15: ops[3].rounding: got floor, expected one of half_away, half_even"},
        Case{"ClampOutsideType", "clamp: [-100, 100], type: int8", "clamp: [-100, 128], type: int8",
             "13: ops[1].clamp: got [-100, 128], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"ClampOrder", "clamp: [-100, 100], type: int8", "clamp: [100, -100], type: int8",
             "13: ops[1].clamp: got [100, -100], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"ClampOfOne", "clamp: [-100, 100], type: int8", "clamp: [100], type: int8",
             "13: ops[1].clamp: got a sequence of 1, expected [lowest, highest] code"},
        Case{"TypeMissing", "type: uint8, real_scale: 0.5}", "real_scale: 0.5}",
             "14: ops[2].type: got nothing, expected this key"},
        Case{"TypeTooWide", "type: uint8, real_scale: 0.5}", "type: int32, real_scale: 0.5}",
             "14: ops[2].type: got int32, expected int1 to int17 or uint1 to uint16"},
        Case{"RealScaleMissing", ", type: uint8, real_scale: 0.5}", ", type: uint8}",
             "14: ops[2].real_scale: got nothing, expected this key"},
        Case{"ZeroPointTooLarge", "rounding: half_even,", "rounding: half_even, zero_point: 65536,",
             "15: ops[3].zero_point: got 65536, expected an integer in [-65536, 65535]"},
        Case{"RequantiseReals", "op: requantise, inputs: [conv], dialect: double",
             "op: requantise, inputs: [signal], dialect: double",
             "15: dbl (requantise): got an operand of reals, expected integers; put a quantize op "
             "in front"},
        Case{"RequantiseTwoOperands", "op: requantise, inputs: [conv], dialect: double",
             "op: requantise, inputs: [conv, gem], dialect: double",
             "15: ops[3].residual_factor: got nothing, expected this key"},
        Case{"AddFactorIsOneNumber", "a_factor: [1073741824, 0]", "a_factor: 1073741824",
             "16: ops[4].a_factor: got 1073741824, expected [multiplier, shift]"},
        Case{"AddFactorOfThree", "sum_factor: [1073741824, -18]",
             "sum_factor: [1073741824, -18, 0]",
             "16: ops[4].sum_factor: got a sequence of 3, expected [multiplier, shift]"},
        Case{"AddMultiplierTooLarge", "b_factor: [1073741824, 0]", "b_factor: [2147483648, 0]",
             "16: ops[4].b_factor[0]: got 2147483648, expected an integer in [0, 2147483647]"},
        Case{"AddShiftTooFar", "sum_factor: [1073741824, -18]", "sum_factor: [1073741824, -32]",
             "16: ops[4].sum_factor[1]: got -32, expected an integer in [-31, 30]"},
        Case{"AddSumFactorMissing", ", sum_factor: [1073741824, -18]", "",
             "16: ops[4].sum_factor: got nothing, expected this key; did you mean a_factor?"},
        Case{"AddKeyOfAnotherDialect", "shift: 2, type", "sum_factor: [1, 0], type",
             "17: ops[5].sum_factor: got an unknown key, expected one of name, op, inputs, "
             "a_factor, b_factor, shift, dialect, zero_point_a, zero_point_b, subtract, "
             "zero_point, clamp, type, real_scale; did you mean a_factor?"},
        Case{"AddDialect", "dialect: float32, a_factor", "dialect: ruy, a_factor",
             "17: ops[5].dialect: got ruy, expected one of gemmlowp, float32, double"},
        Case{"AddFactorIsReal", "a_factor: 3,", "a_factor: 3.5,",
             "17: ops[5].a_factor: got 3.5, expected an integer in [-2147483648, 2147483647]"},
        Case{"AddShiftOfZero", "shift: 2, type", "shift: 0, type",
             "17: ops[5].shift: got 0, expected an integer in [1, 62]"},
        Case{"AddSubtractIsNoFlag", "shift: 2, type", "shift: 2, subtract: 1, type",
             "17: ops[5].subtract: got 1, expected true or false"},
        Case{"AddOneOperand", "op: requantise_add, inputs: [gem, gem], dialect: float32",
             "op: requantise_add, inputs: [gem], dialect: float32",
             "17: fix (requantise_add): got 1 inputs, expected 2"},
        Case{"AddShapes", "op: requantise_add, inputs: [gem, gem], dialect: float32",
             "op: requantise_add, inputs: [gem, image], dialect: float32",
             "17: fix (requantise_add): got operands [1, 4, 4, 4] and [1, 4, 4, 2], expected equal "
             "shapes"},
        Case{"SoftmaxDialect", "diff_min: -248", "diff_min: -248, extra: 1",
             "18: ops[6].extra: got an unknown key, expected one of name, op, inputs, dialect, "
             "beta, diff_min, zero_point, clamp, type, real_scale"},
        Case{"SoftmaxUnknownDialect", "op: softmax, inputs: [gem], dialect: gemmlowp",
             "op: softmax, inputs: [gem], dialect: float32",
             "18: ops[6].dialect: got float32, expected one of gemmlowp, double, qlinear, times"},
        Case{"SoftmaxShiftNegative", "beta: [1717986918, 23]", "beta: [1717986918, -1]",
             "18: ops[6].beta: got a shift of -1, expected a shift of 0 to 30"},
        Case{"SoftmaxDifferencesWrap", "diff_min: -248", "diff_min: -256",
             "18: ops[6].diff_min: got -256, expected an integer in [-255, 0]"},
        Case{"SoftmaxDiffMinPositive", "diff_min: -248", "diff_min: 1",
             "18: ops[6].diff_min: got 1, expected an integer in [-255, 0]"},
        Case{"SoftmaxReals", "op: softmax, inputs: [gem]", "op: softmax, inputs: [signal]",
             "18: soft (softmax): got an operand of reals, expected integers; put a quantize op in "
             "front"},
        Case{"QuantizeIntegers", "op: quantize, inputs: [signal]", "op: quantize, inputs: [image]",
             "19: codes (quantize): got an operand of integers, expected reals; a mul_quant or a "
             "requantise rescales integers"},
        Case{"QuantizeRule", "rule: multiply", "rule: divide",
             "19: ops[7].rule: got divide, expected one of multiply, divide_half_away, "
             "divide_half_even"},
        Case{"QuantizeFactorOfZero", "factor: 8,", "factor: 0,",
             "19: ops[7].factor: got 0, expected a number above 0"},
        Case{"QuantizeFactorTooLarge", "factor: 8,", "factor: 1e39,",
             "19: ops[7].factor: got 1e39, expected a normal number of single precision"},
        Case{"QuantizeFactorTooSmall", "factor: 8,", "factor: 1e-39,",
             "19: ops[7].factor: got 1e-39, expected a normal number of single precision"},
        Case{"QuantizeTypeTooNarrow", "subtract: true, type: int9", "subtract: true, type: int8",
             "19: ops[7].type: got int8, expected a type that holds [-33, 222]"},
        Case{"QuantizeTypeUnsigned", "subtract: true, type: int9", "subtract: true, type: uint8",
             "19: ops[7].type: got uint8, expected a type that holds [-33, 222]"},
        Case{"QuantizeZeroPointOutside", "zero_point: 33, range: [0, 255], subtract: true",
             "zero_point: 256, range: [0, 255]",
             "19: ops[7].zero_point: got 256, expected a code in [0, 255]"},
        Case{"QuantizeRangeOrder", "range: [0, 255]", "range: [255, 0]",
             "19: ops[7].range: got [255, 0], expected an ascending pair inside [-65536, 65535] of "
             "int17"},
        Case{"QuantizeRangeTooWide", "range: [0, 255]", "range: [0, 65536]",
             "19: ops[7].range: got [0, 65536], expected an ascending pair inside [-65536, 65535] "
             "of int17"},
        Case{"QuantizeClamp", "range: [0, 255], ", "clamp: [0, 255], ",
             "19: ops[7].clamp: got an unknown key, expected one of name, op, inputs, rule, "
             "factor, zero_point, range, subtract, clamp_again, type, real_scale, tokens"},
        Case{"MulShiftLengths", "scale: four.reals, bias: one.float, shift: 12",
             "scale: four.reals, bias: signal.reals, shift: 12",
             "20: ops[8].bias: got signal.reals of shape [2, 4, 4, 2], expected 1 axes, none of "
             "them empty"},
        Case{"MulShiftIntegers", "scale: four.reals", "scale: four.bias",
             "20: ops[8].scale: got four.bias of dtype I32, expected reals: F32, F64, F16 or BF16"},
        Case{"MulShiftShift", "shift: 12", "shift: 63",
             "20: ops[8].shift: got 63, expected an integer in [0, 62]"},
        Case{"MulShiftBiasMissing", "bias: one.float, shift: 12", "shift: 12",
             "20: ops[8].bias: got nothing, expected this key"},
        Case{"MulShiftChannels", "op: float_mul_shift, inputs: [conv]",
             "op: float_mul_shift, inputs: [signal]",
             "20: shifted (float_mul_shift): got 4 scale values, expected 1 or 2, one per channel"},
        Case{"LookupTable", "table: table", "table: wide.table",
             "21: ops[9].table: got 128 at [0] of wide.table, expected values in [-128, 127]"},
        Case{"LookupLowestMissing", "lowest: -128, ", "",
             "21: ops[9].lowest: got nothing, expected this key"},
        Case{"LookupReals", "op: lookup, inputs: [gem]", "op: lookup, inputs: [signal]",
             "21: look (lookup): got an operand of reals, expected integers; put a quantize op in "
             "front"},
        Case{"MatmulShapes", "inputs: [gem, flt], transpose_b: true",
             "inputs: [gem, image], transpose_b: true",
             "31: batch (int_batch_matmul): got operands [1, 4, 4, 4] and [1, 4, 2, 4], expected "
             "equal leading extents, and the rows of the second as many as the columns of the "
             "first"},
        Case{"MatmulLeading", "inputs: [gem, flt], transpose_b: true",
             "inputs: [gem, pad], transpose_b: true",
             "31: batch (int_batch_matmul): got operands [1, 4, 4, 4] and [1, 6, 4, 4], expected "
             "equal leading extents, and the rows of the second as many as the columns of the "
             "first"},
        Case{"MatmulRank", "op: int_batch_matmul, inputs: [gem, flt]",
             "op: int_batch_matmul, inputs: [gem, shape]",
             "31: batch (int_batch_matmul): got operands [1, 4, 4, 4] and [1, 16, 4], expected "
             "[batch, ..., m, k] and [batch, ..., k, n]"},
        Case{"MatmulKey", "transpose_b: true", "transpose: true",
             "31: ops[19].transpose: got an unknown key, expected one of name, op, inputs, "
             "transpose_a, transpose_b, zero_point_a, zero_point_b; did you mean transpose_a?"},
        Case{"MatmulReals", "op: int_batch_matmul, inputs: [gem, flt]",
             "op: int_batch_matmul, inputs: [gem, reals]",
             "31: batch (int_batch_matmul): got an operand of reals, expected integers; put a "
             "quantize op in front"},
        Case{"MatmulOneOperand", "op: int_batch_matmul, inputs: [gem, flt]",
             "op: int_batch_matmul, inputs: [gem]",
             "31: batch (int_batch_matmul): got 1 inputs, expected 2"},
        Case{
            "MulShapes", "op: int_mul, inputs: [gem, flt]", "op: int_mul, inputs: [gem, image]",
            "32: mul (int_mul): got operands [1, 4, 4, 4] and [1, 4, 4, 2], expected equal shapes"},
        Case{"MulZeroPoint", "zero_point_b: 128", "zero_point_b: -65537",
             "32: ops[20].zero_point_b: got -65537, expected an integer in [-65536, 65535]"},
        Case{"ClampOpMissing", ", clamp: [0, 6]", "",
             "23: ops[11].clamp: got nothing, expected this key"},
        Case{"ClampOpOutsideType", "clamp: [0, 6]", "clamp: [0, 200]",
             "23: ops[11].clamp: got [0, 200], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"ClampOpReals", "op: clamp, inputs: [gem]", "op: clamp, inputs: [signal]",
             "23: pin (clamp): got an operand of reals, expected integers; put a quantize op in "
             "front"},
        Case{"PoolNoImage", "op: rounded_avg_pool, inputs: [gem]",
             "op: rounded_avg_pool, inputs: [flat]",
             "24: pool (rounded_avg_pool): got input [1, 64], expected an image [n, h, w, c]"},
        Case{"PoolKernel", "kernel: [2, 2], clamp", "kernel: [5, 2], clamp",
             "24: pool (rounded_avg_pool): got input [1, 4, 4, 4], expected at least one window of "
             "5x2 pixels (padding included)"},
        Case{"PoolClamp", "kernel: [2, 2], clamp: [-128, 127]",
             "kernel: [2, 2], clamp: [-129, 127]",
             "24: ops[12].clamp: got [-129, 127], expected an ascending pair inside [-128, 127] of "
             "int8"},
        Case{"PadPairs", "amounts: [[1, 1], [0, 0], [0, 0]]", "amounts: [[1, 1], [0, 0]]",
             "25: pad (pad): got 2 pairs of amounts, expected 3, one per axis without the batch"},
        Case{"PadNegative", "amounts: [[1, 1]", "amounts: [[-1, 1]",
             "25: ops[13].amounts[0][0]: got -1, expected an integer in [0, 65535]"},
        Case{"PadNoPair", "amounts: [[1, 1]", "amounts: [[1, 1, 1]",
             "25: ops[13].amounts[0]: got a sequence of 3, expected 2 integers"},
        Case{"PadValue", "value: -7", "value: 128",
             "25: ops[13].value: got 128, expected a code of the operand, in [-128, 127] of int8"},
        Case{"PadTooMuch", "amounts: [[1, 1], [0, 0], [0, 0]]",
             "amounts: [[65535, 65535], [65535, 0], [0, 0]]",
             "25: pad (pad): got output [1, 131074, 65539, 4], expected at most 2147483648 "
             "elements"},
        Case{"ReshapeCount", "shape: [16, 4]", "shape: [16, 5]",
             "26: shape (reshape): got shape [16, 5] for input [1, 4, 4, 4], expected as many "
             "elements per sample as the input has"},
        Case{"ReshapeOfFewer", "shape: [16, 4]", "shape: [16, 2]",
             "26: shape (reshape): got shape [16, 2] for input [1, 4, 4, 4], expected as many "
             "elements per sample as the input has"},
        Case{"MulShiftVectors", "scale: four.reals, bias: one.float",
             "scale: four.reals, bias: three.reals",
             "20: ops[8].bias: got 3 values, expected 1 or 4, as the others"},
        Case{"ReshapeEmpty", "shape: [16, 4]", "shape: []",
             "26: ops[14].shape: got a sequence of 0, expected 1 to 5 extents without the batch"},
        Case{"ReshapeOverflow", "shape: [16, 4]", "shape: [1048576, 1048576, 1048576, 16, 1]",
             "26: shape (reshape): got shape [1048576, 1048576, 1048576, 16, 1] for input [1, 4, "
             "4, 4], expected as many elements per sample as the input has"},
        Case{"ReshapeZero", "shape: [16, 4]", "shape: [0, 4]",
             "26: ops[14].shape[0]: got 0, expected an integer in [1, 1048576]"},
        Case{"ReshapeRank", "shape: [16, 4]", "shape: [2, 2, 2, 2, 2, 2]",
             "26: ops[14].shape: got a sequence of 6, expected 1 to 5 extents without the batch"},
        Case{"DequantizeReals", "op: dequantize, inputs: [gem]", "op: dequantize, inputs: [signal]",
             "27: reals (dequantize): got an operand of reals, expected integers; put a quantize "
             "op in front"},
        Case{"DequantizeKey", "op: dequantize, inputs: [gem]}",
             "op: dequantize, inputs: [gem], scale: 1}",
             "27: ops[15].scale: got an unknown key, expected one of name, op, inputs"},
        Case{"ConcatOfBothKinds", "op: concat, inputs: [reals, island]",
             "op: concat, inputs: [gem, island]",
             "29: both (concat): got integers and reals, expected operands of one kind; put a "
             "quantize or a dequantize op in front of one"},
        Case{"IslandKey", "weight: filter, bias: four.reals", "weight: filter, pad_value: 0",
             "28: ops[16].pad_value: got an unknown key, expected one of name, op, inputs, weight, "
             "bias, stride, padding, dilation, groups"},
        Case{"IslandWeight", "weight: filter", "weight: weight",
             "28: ops[16].weight: got weight of dtype I8, expected reals: F32, F64, F16 or BF16"},
        Case{"IslandBias", "weight: filter, bias: four.reals", "weight: filter, bias: one.float",
             "28: ops[16].bias: got [1], expected [4], one per channel"},
        Case{"ProductOfReals", "op: int_conv2d, inputs: [image]",
             "op: int_conv2d, inputs: [signal]",
             "12: conv (int_conv2d): got an operand of reals, expected integers; put a quantize op "
             "in front"},
        Case{"InputZeroPoint", "input_zero_point: 3", "input_zero_point: 65536",
             "12: ops[0].input_zero_point: got 65536, expected an integer in [-65536, 65535]"},
        Case{"MatmulZeroPoint", "input_zero_point: -5", "input_zero_point: half",
             "30: ops[18].input_zero_point: got half, expected an integer in [-65536, 65535]"},
        Case{"InputOfRealsWithScale", "type: float32}", "type: float32, scale: 1}",
             "7: inputs[1].scale: got an unknown key, expected one of name, shape, type; did you "
             "mean shape?"},
        Case{"InputType", "type: float32}", "type: float64}",
             "7: inputs[1].type: got float64, expected int1 to int16, uint1 to uint16 or float32"},
        Case{"InputNamedLabels", "name: signal, shape", "name: labels, shape",
             "7: inputs[1].name: got labels, expected another name: samples have labels"},
        Case{"SampleOfRealsIsIntegers", "signal: signal.reals", "signal: signal.codes",
             "10: samples.test.signal: got signal.codes of dtype I8, expected reals: F32, F64, F16 "
             "or BF16"},
        Case{"SampleOfIntegersIsReals", "image: image.codes", "image: signal.reals",
             "10: samples.test.image: got signal.reals of dtype F32, expected an integer dtype"},
        Case{"SampleNotFinite", "signal: signal.reals", "signal: signal.nan",
             "10: samples.test.signal: got nan at [0, 0, 0, 0] of signal.nan, expected finite "
             "values"},
        Case{"SampleCounts", "signal: signal.reals", "signal: signal.three",
             "10: samples.test.signal: got 3 samples, expected 2, as the other inputs have"},
        Case{"SampleMissing", ", signal: signal.reals", "",
             "10: samples.test.signal: got nothing, expected this key"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
