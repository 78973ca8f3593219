// check_test.cpp: the last legal and the first illegal network of every static bound.
#include "model/network/check.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "tests/unit/model/network/tiny_networks.h"

namespace systole {
namespace {

constexpr IntType kUint8 = {8, false};
constexpr IntType kInt8 = {8, true};
constexpr IntType kInt16 = {16, true};
constexpr Quantization kOut8 = {.type = kInt8};

std::string complaint(const IntNetwork& network, const CheckOptions& options = {}) {
  try {
    check_network(network, options);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

/// |acc| <= rows * 255 * 255 + last * 255 for uint8 inputs.
IntNetwork matmul(std::int64_t rows, std::int32_t last) {
  IntTensor weight({rows + 1, 1}, 255);
  weight[rows] = last;
  return one_op({rows + 1}, kUint8, IntMatmul{.weight = weight});
}

MulQuant quant(MulQuantChannel channel) { return {.channels = {channel}, .clamp = {-128, 127}}; }

TEST(CheckNetwork, LargestAccumulatorThatFits32BitsIsLegal) {
  // 33025 * 255 * 255 + 129 * 255 = 2^31 - 128.
  EXPECT_EQ(complaint(matmul(33025, 129)), "");
  EXPECT_EQ(complaint(matmul(33025, 130)),
            "op (int_matmul): got sums up to 2147483775, expected at most 2147483647; use narrower "
            "weights or activations, split the op, or set `overflow: wrap`");
  EXPECT_EQ(complaint(matmul(33025, 130), {.wrap = true}), "");
}

TEST(CheckNetwork, PaddingCountsAsAnActivation) {
  Conv2dParams params;
  params.pad_value = -65536;
  const IntTensor weight({1, 1, 1, 1}, 1);
  params.window.padding = {1, 0, 0, 0};
  EXPECT_EQ(complaint(one_op({2, 2, 1}, kInt8, IntConv2d{params, weight})), "");
  params.pad_value = -65537;
  EXPECT_EQ(complaint(one_op({2, 2, 1}, kInt8, IntConv2d{params, weight})),
            "op (int_conv2d): got activations in [-65537, 127], expected 17 bits signed, [-65536, "
            "65535]; quantise them to fewer bits");
}

TEST(CheckNetwork, ActivationsAreUpTo17BitsSigned) {
  const IntMatmul op{.weight = IntTensor({2, 2}, 1)};
  EXPECT_EQ(complaint(one_op({2}, {17, true}, op)), "");
  EXPECT_EQ(complaint(one_op({2}, {16, false}, op)), "");
  EXPECT_EQ(complaint(one_op({2}, {17, false}, op)),
            "op (int_matmul): got activations in [0, 131071], expected 17 bits signed, [-65536, "
            "65535]; quantise them to fewer bits");
}

TEST(CheckNetwork, WeightsAreUpTo9BitsSigned) {
  EXPECT_EQ(complaint(one_op({1}, kInt8, IntMatmul{.weight = IntTensor({1, 1}, -256)})), "");
  EXPECT_EQ(complaint(one_op({1}, kInt8, IntMatmul{.weight = IntTensor({1, 1}, 256)})),
            "op (int_matmul): got weights in [256, 256], expected 9 bits signed, [-256, 255]; "
            "quantise them to fewer bits");
}

TEST(CheckNetwork, SumOfMulQuantStaysBelow2To62) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  const std::int64_t product = 128 * std::int64_t{1000};  // max|int8| * scale
  const auto network = [&](std::int64_t bias) {
    return one_op({1}, kInt8, quant({.scale = 1000, .bias = bias, .shift = 62}), kOut8);
  };
  EXPECT_EQ(complaint(network(kLimit - 1 - product)), "");
  EXPECT_EQ(complaint(network(-(kLimit - 1 - product))), "");
  EXPECT_EQ(complaint(network(kLimit - product)),
            "op (mul_quant): got a sum up to 2^62.00 in channel 0, expected below 2^62; use a "
            "smaller scale and shift");
}

TEST(CheckNetwork, TheResidualIsPartOfTheSum) {
  const auto network = [&](int residual_shift) {
    const MulQuant op = quant({.shift = 62, .residual_scale = 1, .residual_shift = residual_shift});
    return one_op({1}, kInt8, op, kOut8, 2);
  };
  EXPECT_EQ(complaint(network(54)), "");  // 128 * 2^54 = 2^61
  EXPECT_NE(complaint(network(55)), "");
}

TEST(CheckNetwork, ShiftsAreIn0To62) {
  const auto network = [&](int shift, int residual_shift) {
    const MulQuant op = quant({.scale = 1, .shift = shift, .residual_shift = residual_shift});
    return one_op({1}, kInt8, op, kOut8);
  };
  EXPECT_EQ(complaint(network(62, 62)), "");
  EXPECT_EQ(complaint(network(63, 0)),
            "op (mul_quant): got shift 63 in channel 0, expected [0, 62]");
  EXPECT_EQ(complaint(network(-1, 0)),
            "op (mul_quant): got shift -1 in channel 0, expected [0, 62]");
  EXPECT_EQ(complaint(network(3, 4)),
            "op (mul_quant): got residual shift 4 in channel 0, expected [0, 3], the shift");
}

TEST(CheckNetwork, ClampsStayInsideTheOutputType) {
  MulQuant op = quant({.scale = 1});
  EXPECT_EQ(complaint(one_op({1}, kInt8, op, kOut8)), "");
  op.clamp.hi = 128;
  EXPECT_EQ(complaint(one_op({1}, kInt8, op, kOut8)),
            "op (mul_quant): got clamp [-128, 128], expected inside [-128, 127]");
  op.clamp = {3, 2};
  EXPECT_NE(complaint(one_op({1}, kInt8, op, kOut8)), "");
}

TEST(CheckNetwork, ZeroPointsAre17BitsSigned) {
  MulQuant op = quant({.scale = 1});
  op.zero_point = -65536;
  EXPECT_EQ(complaint(one_op({1}, kInt8, op, kOut8)), "");
  op.zero_point = 65536;
  EXPECT_EQ(complaint(one_op({1}, kInt8, op, kOut8)),
            "op (mul_quant): got zero point [65536, 65536], expected inside [-65536, 65535]");
}

TEST(CheckNetwork, ResidualOperandsAre17BitsSigned) {
  // An accumulator as the residual: 2 * 32768 fits 17 bits signed, 3 * 32768 does not.
  const auto network = [](std::int32_t weight) {
    IntNetwork net = one_op({1}, kInt8, IntMatmul{.weight = IntTensor({1, 1}, weight)});
    net.nodes.push_back({.name = "quant",
                         .inputs = {"x", "op"},
                         .op = quant({.scale = 1, .residual_scale = 1}),
                         .output = kOut8});
    net.inputs[0].quantization.type = {9, true};
    return net;
  };
  EXPECT_EQ(complaint(network(255)), "");  // 256 * 255 = 65280
  EXPECT_EQ(complaint(network(-256)),
            "quant (mul_quant): got residual operand [-65536, 65536], expected inside [-65536, "
            "65535]");
}

TEST(CheckNetwork, SumsOfPoolsFit32Bits) {
  const auto network = [](std::int64_t side, std::int32_t zero_point) {
    const IntSumPool op{.window = {.kernel = {side, side}}, .zero_point = zero_point};
    return one_op({side, side, 1}, kInt16, op);
  };
  EXPECT_EQ(complaint(network(181, 32767)), "");  // 32761 * 65535 < 2^31
  EXPECT_EQ(
      complaint(network(182, 32767)),
      "op (int_sum_pool): got sums up to 2170781340, expected at most 2147483647; use narrower "
      "weights or activations, split the op, or set `overflow: wrap`");
}

TEST(CheckNetwork, ConcatNeedsOneScale) {
  IntNetwork network = one_op({1}, kInt8, quant({.scale = 1}), kOut8);
  network.nodes.push_back({.name = "join", .inputs = {"x", "op"}, .op = IntConcat{}});
  EXPECT_EQ(complaint(network), "");
  network.nodes[0].output.scale = 2;
  EXPECT_EQ(complaint(network),
            "join (concat): got operands of scale 1 and 2, zero point 0 and 0, expected one scale "
            "and zero point; a mul_quant in front brings an operand there");
}

TEST(CheckNetwork, MulShiftFits32Bits) {
  const auto network = [](std::int64_t bias) {
    return one_op({1}, kInt8, MulShift{{{.scale = 1 << 20, .bias = bias}}});
  };
  const std::int64_t product = std::int64_t{128} << 20;
  EXPECT_EQ(complaint(network((std::int64_t{1} << 31) - 1 - product)), "");
  EXPECT_EQ(complaint(network((std::int64_t{1} << 31) - product)),
            "op (mul_shift): got a result up to 2^31.00 in channel 0, expected below 2^31; use a "
            "smaller scale and shift");
}

TEST(CheckNetwork, AnInputZeroPointWidensTheActivations) {
  const auto network = [](std::int32_t zero_point) {
    return one_op({1}, kUint8,
                  IntMatmul{.weight = IntTensor({1, 1}, 1), .input_zero_point = zero_point});
  };
  EXPECT_EQ(complaint(network(65536)), "");  // -65536..-65281
  EXPECT_EQ(complaint(network(65537)),
            "op (int_matmul): got activations in [-65537, -65282], expected 17 bits signed, "
            "[-65536, 65535]; quantise them to fewer bits");
  EXPECT_EQ(complaint(network(-65280)), "");  // 65280..65535
  EXPECT_NE(complaint(network(-65281)), "");
}

TEST(CheckNetwork, ATableHasAnEntryForEveryCode) {
  const auto network = [](std::int64_t entries, std::int32_t lowest) {
    return one_op({1}, kInt8, Lookup{.table = IntTensor({entries}, 1), .lowest = lowest}, kOut8);
  };
  EXPECT_EQ(complaint(network(256, -128)), "");
  EXPECT_EQ(complaint(network(255, -128)),
            "op (lookup): got codes in [-128, 127], expected codes in [-128, 126]; a table with an "
            "entry for every code");
  EXPECT_EQ(complaint(network(256, -127)),
            "op (lookup): got codes in [-128, 127], expected codes in [-127, 128]; a table with an "
            "entry for every code");
}

RequantiseAdd gemmlowp_sum(std::int32_t zero_point) {
  return {.rule = GemmlowpAdd{}, .zero_point_a = zero_point, .clamp = {-128, 127}};
}

TEST(CheckNetwork, OperandsOfAGemmlowpSumAreUpTo11Bits) {
  const auto network = [](IntType type, std::int32_t zero_point) {
    return one_op({1}, type, gemmlowp_sum(zero_point), kOut8, 2);
  };
  EXPECT_EQ(complaint(network(kUint8, 255)), "");
  EXPECT_EQ(complaint(network({11, true}, 0)), "");
  EXPECT_EQ(complaint(network({11, true}, 1)),
            "op (requantise_add): got operands less zero points in [-1025, 1022], expected 11 bits "
            "signed, [-1024, 1023]; quantise them to fewer bits");
  EXPECT_NE(complaint(network({12, true}, 0)), "");
}

TEST(CheckNetwork, OperandsOfAFixedSumAreUpTo17Bits) {
  const auto network = [](std::int32_t zero_point) {
    const RequantiseAdd op{
        .rule = FixedAdd{1, 1, 1}, .zero_point_b = zero_point, .clamp = {-128, 127}};
    return one_op({1}, kInt16, op, kOut8, 2);
  };
  EXPECT_EQ(complaint(network(32767)), "");
  EXPECT_EQ(complaint(network(32768)), "");  // -65536..-1
  EXPECT_EQ(complaint(network(32769)),
            "op (requantise_add): got operands less zero points in [-65537, -2], expected 17 bits "
            "signed, [-65536, 65535]; quantise them to fewer bits");
}

TEST(CheckNetwork, SumsOfBatchMatmulsFit32Bits) {
  // k products of at most 32768 * 32768 = 2^30: one fits, two do not.
  const auto network = [](Shape shape, bool transpose_a, bool transpose_b) {
    const IntBatchMatmul op{.transpose_a = transpose_a, .transpose_b = transpose_b};
    return one_op(std::move(shape), kInt16, op, kAccumulator, 2);
  };
  EXPECT_EQ(complaint(network({5, 1}, false, true)), "");  // [5, 1] x [1, 5]
  EXPECT_EQ(complaint(network({1, 5}, true, false)), "");  // [5, 1] x [1, 5]
  EXPECT_EQ(complaint(network({2, 1}, true, false)),       // [1, 2] x [2, 1]
            "op (int_batch_matmul): got sums up to 2147483648, expected at most 2147483647; use "
            "narrower operands");
  EXPECT_NE(complaint(network({1, 2}, false, true)), "");  // [1, 2] x [2, 1]
}

TEST(CheckNetwork, ProductsFit32Bits) {
  const auto network = [](std::int32_t zero_point) {
    return one_op({1}, {16, false}, IntMul{zero_point, zero_point}, kAccumulator, 2);
  };
  EXPECT_EQ(complaint(network(19196)), "");  // 46339^2 < 2^31 <= 46341^2
  EXPECT_EQ(complaint(network(19194)),
            "op (int_mul): got sums up to 2147488281, expected at most 2147483647; use narrower "
            "operands");
}

TEST(CheckNetwork, AccumulatorsOfARequantisationFit32BitsWithBiasAndZeroPoint) {
  const auto network = [](std::int32_t bias, std::int32_t zero_point) {
    const Requantise op{.dialect = Gemmlowp{{{1 << 30, 0}}},
                        .bias = {bias},
                        .input_zero_point = zero_point,
                        .clamp = {-128, 127}};
    return one_op({1}, kInt8, op, kOut8);
  };
  EXPECT_EQ(complaint(network(INT32_MAX - 128, 0)), "");
  EXPECT_EQ(complaint(network(INT32_MAX - 128, 1)),
            "op (requantise): got sums up to 2147483648, expected at most 2147483647; use narrower "
            "operands");
  EXPECT_NE(complaint(network(INT32_MIN + 128, 0)), "");
}

TEST(CheckNetwork, DifferencesOfASoftmaxAreUpTo255) {
  const GemmlowpSoftmax op{.beta = {1 << 30, 0}, .clamp = {-128, 127}};
  EXPECT_EQ(complaint(one_op({4}, kUint8, op, kOut8)), "");
  EXPECT_EQ(complaint(one_op({4}, {9, true}, op, kOut8)),
            "op (softmax): got differences in [0, 511], expected 9 bits signed, [-256, 255]; "
            "quantise them to fewer bits");
}

TEST(CheckNetwork, SumsOfSumsDoNotOverflowTheCheckItself) {
  // Each op multiplies the range by 2^31 or so; the first one that does not fit is named.
  IntNetwork network = one_op({1}, kInt16, IntMul{-65536, -65536}, kAccumulator, 2);
  for (int i = 0; i < 4; ++i)
    network.nodes.push_back({.name = "op" + std::to_string(i),
                             .inputs = {network.nodes.back().name, network.nodes.back().name},
                             .op = IntMul{-65536, -65536},
                             .output = kAccumulator});
  network.nodes.push_back({.name = "pool",
                           .inputs = {"op3"},
                           .op = IntMatmul{.weight = IntTensor({1, 1}, 255)},
                           .output = kAccumulator});
  EXPECT_EQ(complaint(network).substr(0, 50), "op (int_mul): got sums up to 9663479809, expected ");
}

}  // namespace
}  // namespace systole
