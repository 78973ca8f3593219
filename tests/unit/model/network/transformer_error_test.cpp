// transformer_error_test.cpp: malformed ops of transformers are one clear line each.
#include "tests/unit/model/network/bundle_errors.h"
#include "tests/unit/model/network/transformer_bundles.h"

namespace systole {
namespace {

class FloatTransformerError : public testing::TestWithParam<Case> {};
TEST_P(FloatTransformerError, SaysWhereAndWhat) {
  expect_message(kFloatTransformer, transformer_tensors(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    , FloatTransformerError,
    testing::Values(
        Case{"TableRank", "value: row}\n  - {name: moved", "value: two}\n  - {name: moved",
             "13: ops[1].value: got two of shape [2], expected 2 axes, none of them empty"},
        Case{"ConstantOfIntegers", "inputs: [x], value: row}\n  - {name: qk",
             "inputs: [x], value: two.whole}\n  - {name: qk",
             "14: ops[2].value: got two.whole of dtype I8, expected reals: F32, F64, F16 or BF16"},
        Case{"TokenWidth", "value: row}\n  - {name: moved", "value: narrow}\n  - {name: moved",
             "13: token (class_token): got input [1, 4, 2], expected [batch, tokens, 3] (value [1, "
             "3])"},
        Case{"ConstantDoesNotBroadcast", "inputs: [x], value: row}\n  - {name: qk",
             "inputs: [x], value: three}\n  - {name: qk",
             "14: moved (add_constant): got value [3] for input [1, 4, 2], expected a shape that "
             "broadcasts to [4, 2]; axes are aligned at the last; each is the operand's, or 1"},
        Case{"ConstantOfMoreAxes", "inputs: [x], value: row}\n  - {name: qk",
             "inputs: [x], value: tall}\n  - {name: qk",
             "14: moved (add_constant): got value [2, 2, 2, 3] for input [1, 4, 2], expected a "
             "shape that broadcasts to [4, 2]; axes are aligned at the last; each is the "
             "operand's, or 1"},
        Case{"ProductOfUnequalDepth", "inputs: [x, words], transpose_b: true", "inputs: [x, words]",
             "15: qk (batch_matmul): got operands [1, 4, 2] and [1, 3, 2], expected equal leading "
             "extents, and the rows of the second as many as the columns of the first"},
        Case{"ProductOfOne", "inputs: [x, words], transpose_b: true",
             "inputs: [x], transpose_b: true", "15: qk (batch_matmul): got 1 inputs, expected 2"},
        Case{"TransposeIsAFlag", "transpose_b: true", "transpose_b: 1",
             "15: ops[3].transpose_b: got 1, expected true or false"},
        Case{"FactorMissing", "factor: 0.125", "factr: 0.125",
             "17: ops[5].factr: got an unknown key, expected one of name, op, inputs, factor; did "
             "you mean factor?"},
        Case{"FactorOfZero", "factor: 0.125", "factor: 0",
             "17: ops[5].factor: got 0, expected a normal number of single precision"},
        Case{"FactorTooLarge", "factor: 0.125", "factor: 1e39",
             "17: ops[5].factor: got 1e39, expected a normal number of single precision"},
        Case{"MaskOfOtherKeys", "inputs: [scores, mask]}", "inputs: [x, mask]}",
             "18: masked (mask_scores): got a mask [1, 3] for [1, 4, 2], expected [batch, 2], one "
             "value per key"},
        Case{"MaskWithAxes", "inputs: [scores, mask]}", "inputs: [scores, qk]}",
             "18: masked (mask_scores): got a mask [1, 4, 3] for [1, 2, 4, 3], expected [batch, "
             "3], one value per key"},
        Case{"MaskMissing", "inputs: [scores, mask]}", "inputs: [scores]}",
             "18: masked (mask_scores): got 1 inputs, expected 2"},
        Case{"MaskAboveZero", "value: -10000", "value: 0",
             "19: ops[7].value: got 0, expected a number below 0 that float32 holds"},
        Case{"MaskTooLow", "value: -10000", "value: -1e39",
             "19: ops[7].value: got -1e39, expected a number below 0 that float32 holds"},
        Case{"SoftmaxKeys", "op: softmax, inputs: [masked]",
             "op: softmax, inputs: [masked], axis: 1",
             "20: ops[8].axis: got an unknown key, expected one of name, op, inputs"},
        Case{"GeluForm", "form: tanh", "form: quick",
             "22: ops[10].form: got quick, expected one of erf, tanh"},
        Case{"RollShifts", "shift: [-1, 3]", "shift: [-1]",
             "27: rolled (roll): got 1 shifts for input [1, 4, 2], expected 2, one per axis "
             "without the batch"},
        Case{"RollShiftTooLarge", "shift: [-1, 3]", "shift: [-1048577, 3]",
             "27: ops[15].shift[0]: got -1048577, expected an integer in [-1048576, 1048576]"},
        Case{"RollOfFractions", "shift: [-1, 3]", "shift: [0.5, 3]",
             "27: ops[15].shift[0]: got 0.5, expected an integer in [-1048576, 1048576]"},
        Case{"SliceOutside", "count: [2, 1], step: [2, 1]", "count: [2, 1], step: [3, 1]",
             "26: part (slice): got start 1, count 2, step 3 of axis 0, expected elements inside "
             "its extent of 4"},
        Case{"ReshapeCount", "shape: [2, 2, 2]", "shape: [2, 2, 3]",
             "24: heads (reshape): got shape [2, 2, 3] for input [1, 4, 2], expected as many "
             "elements per sample as the input has"},
        Case{"OrderTwice", "order: [2, 0, 1]", "order: [2, 0, 0]",
             "25: turned (transpose): got order [2, 0, 0] for input [1, 2, 2, 2], expected each of "
             "0 to 2 once: the axes without the batch"},
        Case{"IntegerOp", "op: tanh", "op: i_gelu",
             "23: ops[11].op: got i_gelu, expected one of conv2d, linear, batch_norm, relu, add, "
             "max_pool, avg_pool, global_avg_pool, concat, flatten, pad, identity, dropout, "
             "layer_norm, batch_matmul, scale, softmax, gelu, tanh, add_constant, class_token, "
             "embedding, mask_scores, reshape, transpose, slice, roll; did you mean gelu?"}),
    [](const auto& test) { return test.param.name; });

class IntTransformerError : public testing::TestWithParam<Case> {};
TEST_P(IntTransformerError, SaysWhereAndWhat) {
  expect_message(kIntTransformer, transformer_tensors(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    , IntTransformerError,
    testing::Values(
        Case{"ScoresFactorTooSmall", "factor: 65535", "factor: 0",
             "12: ops[0].factor: got 0, expected an integer in [1, 65535]"},
        Case{"ScoresFactorTooLarge", "factor: 65535", "factor: 65536",
             "12: ops[0].factor: got 65536, expected an integer in [1, 65535]"},
        Case{"ScoresTypeTooNarrow", "factor: 65535, type: uint16", "factor: 256, type: uint8",
             "12: ops[0].type: got uint8, expected one of int1 to int17, uint1 to uint16 that "
             "holds 0 to 256, the factor"},
        Case{"ScoresTypeTooWide", "factor: 65535, type: uint16", "factor: 65535, type: uint17",
             "12: ops[0].type: got uint17, expected one of int1 to int17, uint1 to uint16 that "
             "holds 0 to 65535, the factor"},
        Case{
            "ScoresScaleCount", "scale: one, bias: six", "scale: two, bias: six",
            "12: bert (score_softmax): got 2 scale values, expected 1 or 6, one per query and key"},
        Case{"ScoresBiasCount", "scale: one, bias: six", "scale: one, bias: three",
             "12: bert (score_softmax): got 3 bias values, expected 1 or 6, one per query and key"},
        Case{"ScoresBiasMissing", "scale: one, bias: six", "scale: one",
             "12: ops[0].bias: got nothing, expected this key"},
        Case{"ScoresShift", "shift: 12", "shift: 63",
             "12: ops[0].shift: got 63, expected an integer in [0, 62]"},
        Case{"ScoresArithmetic", "arithmetic: float32", "arithmetic: float16",
             "12: ops[0].arithmetic: got float16, expected one of float32, float64; did you mean "
             "float32?"},
        Case{"ScoresRelativeBias", "relative_bias: heads", "relative_bias: row",
             "12: bert (score_softmax): got relative_bias [1, 2] for input [1, 2, 2, 3], expected "
             "a shape that broadcasts to [2, 2, 3]; axes are aligned at the last; each is the "
             "operand's, or 1"},
        Case{"ScoresWindowMask", "window_mask: narrow", "window_mask: tall",
             "12: bert (score_softmax): got window_mask [2, 2, 2, 3] for input [1, 2, 2, 3], "
             "expected a shape that broadcasts to [2, 2, 3]; axes are aligned at the last; each is "
             "the operand's, or 1"},
        Case{"ScoresMask", "inputs: [sums, mask], scale", "inputs: [sums, codes], scale",
             "12: bert (score_softmax): got a mask [1, 2, 3] for [1, 2, 2, 3], expected [batch, "
             "3], one value per key"},
        Case{"ScoresMaskOfReals", "inputs: [sums, mask], scale", "inputs: [sums, signal], scale",
             "12: bert (score_softmax): got an operand of reals, expected integers; put a quantize "
             "op in front"},
        Case{"ScoresOfThree", "inputs: [sums, mask], scale", "inputs: [sums, mask, mask], scale",
             "12: bert (score_softmax): got 3 inputs, expected 1 to 2"},
        Case{"ScoresWithoutQueries", "op: score_softmax, inputs: [sums], scale: six, bias: one",
             "op: score_softmax, inputs: [mask], scale: one, bias: one",
             "13: vit (score_softmax): got input [1, 3], expected [batch, ..., queries, keys]"},
        Case{"SharesTypeTooNarrow", "operand_scale: 0.5, type: int17",
             "operand_scale: 0.5, type: int8",
             "15: ops[3].type: got int8, expected one of int1 to int17, uint1 to uint16 that holds "
             "0 to 255, the factor"},
        Case{"SharesFactor", "factor: 1, type: uint1", "factor: -1, type: uint1",
             "14: ops[2].factor: got -1, expected an integer in [1, 65535]"},
        Case{"SharesFactorOfFractions", "factor: 1, type: uint1", "factor: 0.5, type: uint1",
             "14: ops[2].factor: got 0.5, expected an integer in [1, 65535]"},
        Case{"SharesMask", "inputs: [sums, mask], dialect", "inputs: [sums, sums], dialect",
             "14: shares (softmax): got a mask [1, 2, 2, 3] for [1, 2, 2, 3], expected [batch, 3], "
             "one value per key"},
        Case{"SharesRealScale", "factor: 1, type: uint1", "factor: 1, type: uint1, real_scale: 1",
             "14: ops[2].real_scale: got an unknown key, expected one of name, op, inputs, "
             "dialect, operand_scale, factor, type; did you mean operand_scale?"},
        Case{"MaskOfAnotherDialect",
             "inputs: [sums, mask], dialect: times, operand_scale: 0.125, factor: 1, type: uint1",
             "inputs: [sums, mask], dialect: double, operand_scale: 0.125, type: uint8, "
             "real_scale: 1",
             "14: shares (softmax): got 2 inputs, expected 1"},
        Case{"ConstantOutsideItsType", "value: places", "value: wide",
             "16: ops[4].value: got 128 at [0] of wide, expected values in [-128, 127]"},
        Case{"ConstantOfReals", "value: places", "value: heads",
             "16: ops[4].value: got heads of dtype F32, expected an integer dtype"},
        Case{"ConstantAsResidual", "value: places", "value: six.whole",
             "17: quant (mul_quant): got operands [1, 2, 2, 3] and [1, 6], expected equal shapes"},
        Case{"QuantTokens", "residual_shift: whole, tokens: 2", "residual_shift: whole, tokens: 3",
             "17: quant (mul_quant): got constants of 3 tokens for input [1, 2, 2, 3], expected "
             "[batch, ..., 3, channels]"},
        Case{"QuantTokensOfZero", "residual_shift: whole, tokens: 2",
             "residual_shift: whole, tokens: 0",
             "17: ops[5].tokens: got 0, expected an integer in [1, 1048576]"},
        Case{"QuantCount",
             "scale: six.whole, bias: six.whole, shift: whole, residual_scale: "
             "six.whole",
             "scale: three.whole, bias: whole, shift: whole, residual_scale: whole",
             "17: quant (mul_quant): got 3 scale values, expected 1, 2 or 6: for all, one per "
             "token, or per token and channel"},
        Case{"RequantiseTokens", "bias: three.whole, tokens: 2", "bias: three.whole, tokens: 4",
             "18: twice (requantise): got constants of 4 tokens for input [1, 2, 3], expected "
             "[batch, ..., 4, channels]"},
        Case{"RequantiseCount", "factor: six.double", "factor: three.double",
             "18: twice (requantise): got 3 factor values, expected 1, 2 or 6: for all, one per "
             "token, or per token and channel"},
        Case{"RequantiseOffsets", "offset: two.double", "offset: three.double",
             "18: twice (requantise): got 3 offset values, expected 1, 2 or 6: for all, one per "
             "token, or per token and channel"},
        Case{"RequantiseBias", "bias: three.whole", "bias: two.whole",
             "18: twice (requantise): got 2 bias values, expected 1 or 3, one per channel"},
        Case{"TokensOfAnotherDialect",
             "dialect: double, factor: six.double, offset: two.double, "
             "rounding: half_even, bias",
             "dialect: float32, factor: one, bias",
             "18: ops[6].tokens: got an unknown key, expected one of name, op, inputs, dialect, "
             "bias, input_zero_point, zero_point, clamp, type, real_scale, factor"},
        Case{"MulShiftTokens", "shift: 0, tokens: 2", "shift: 0, tokens: 3",
             "19: reals (float_mul_shift): got constants of 3 tokens for input [1, 2, 3], expected "
             "[batch, ..., 3, channels]"},
        Case{"MulShiftCount", "scale: two, bias: six, shift: 0",
             "scale: three, bias: six, shift: 0",
             "19: reals (float_mul_shift): got 3 scale values, expected 1, 2 or 6: for all, one "
             "per token, or per token and channel"},
        Case{"MulShiftBiasCount", "scale: two, bias: six, shift: 0",
             "scale: two, bias: three, shift: 0",
             "19: reals (float_mul_shift): got 3 bias values, expected 1, 2 or 6: for all, one per "
             "token, or per token and channel"},
        Case{"QuantizeCount", "factor: two, zero_point: two.whole, tokens: 2",
             "factor: three, zero_point: two.whole, tokens: 2",
             "20: ops[8].factor: got 3 values, expected 2, one per token"},
        Case{"QuantizeZeroPoints", "zero_point: two.whole", "zero_point: three.whole",
             "20: ops[8].zero_point: got 3 values, expected 2, one per token"},
        Case{"QuantizeZeroPointsThatStay", "range: [0, 255], subtract: true",
             "range: [0, 255], subtract: false",
             "20: ops[8].zero_point: got zero points of tokens that stay in the codes, expected "
             "subtract: true"},
        Case{"QuantizeNegativeFactor", "factor: two, zero_point", "factor: negative, zero_point",
             "20: ops[8].factor: got -1, expected normal numbers of single precision above 0"},
        Case{"QuantizeType", "subtract: true, type: int10", "subtract: true, type: int9",
             "20: ops[8].type: got int9, expected a type that holds [-100, 258]"},
        Case{"QuantizeRows", "inputs: [signal], rule: divide_half_even, factor: two, tokens: 2",
             "inputs: [signal], rule: divide_half_even, factor: three, tokens: 3",
             "21: even (quantize): got constants of 3 tokens for input [1, 2, 3], expected [batch, "
             "..., 3, channels]"},
        Case{"QuantizeOneFactor", "factor: two, tokens: 2, type", "factor: two, type",
             "21: ops[9].factor: got two, expected a number"},
        Case{"IslandDepth", "inputs: [reals, codes], transpose_b: true", "inputs: [reals, codes]",
             "22: product (float_batch_matmul): got operands [1, 2, 3] and [1, 2, 3], expected "
             "equal leading extents, and the rows of the second as many as the columns of the "
             "first"},
        Case{"MovementsHaveNoPrefix", "op: roll, inputs: [cubic]",
             "op: float_roll, inputs: [cubic]",
             "25: ops[13].op: got float_roll, expected one of int_conv2d, int_matmul, mul_shift, "
             "mul_quant, add, relu, max_pool, int_sum_pool, avg_pool, concat, flatten, "
             "int_batch_matmul, int_mul, clamp, lookup, rounded_avg_pool, requantise, "
             "requantise_add, quantize, float_mul_shift, pad, dequantize, requantise_blocks, "
             "split, join_sums, i_layer_norm, ita_max, i_gelu, integer_mean, softmax, "
             "score_softmax, constant, reshape, transpose, slice, roll, float_conv2d, "
             "float_linear, float_batch_norm, float_relu, float_add, float_max_pool, "
             "float_avg_pool, float_global_avg_pool, float_concat, float_flatten, float_pad, "
             "float_identity, float_dropout, float_layer_norm, float_batch_matmul, float_scale, "
             "float_softmax, float_gelu, float_tanh, float_add_constant, float_class_token, "
             "float_embedding, float_mask_scores; did you mean float_relu?"},
        Case{"RollShifts", "shift: [1, -1]", "shift: [1, -1, 0]",
             "26: rolled (roll): got 3 shifts for input [1, 2, 3], expected 2, one per axis "
             "without the batch"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
