// zero_point_test.cpp: input zero points fold into the bias, exactly.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

constexpr IntType kUint8 = {.bits = 8, .is_signed = false};

Requantise halves(std::vector<std::int32_t> bias = {}) {
  return {.dialect = DoubleScale{{0.5}, Rounding::kHalfEven},
          .bias = std::move(bias),
          .clamp = {-128, 127}};
}

// (x - 5) * (3, -2) + (7, 0) = x * (3, -2) + (-8, 10).
TEST(LowerZeroPoint, FoldsIntoTheBiasWithTheBiasInAccumulatorUnits) {
  Faithful network;
  network.input({1}, kInt8, 5)
      .add("fc", {"x"}, IntMatmul{.weight = IntTensor({1, 2}, {3, -2}), .input_zero_point = 5})
      .add("y", {"fc"}, halves({7, 0}), {.type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc.raw:int_matmul(x) y:mul_quant(fc.raw)");
  EXPECT_EQ(std::get<IntMatmul>(lowered.network.nodes[0].op).input_zero_point, 0);
  const MulQuant quant = quant_of(lowered, "y");
  ASSERT_EQ(quant.channels.size(), 2);
  for (const MulQuantChannel& channel : quant.channels)
    EXPECT_EQ(channel.scale, std::int64_t{1} << (channel.shift - 1));
  EXPECT_EQ(quant.channels[0].bias, -8 * std::int64_t{quant.channels[0].scale});
  EXPECT_EQ(quant.channels[1].bias, 10 * std::int64_t{quant.channels[1].scale});
}

TEST(LowerZeroPoint, OfAPaddedConvolutionGivesTheFaithfulTensors) {
  for (const std::int32_t zero_point : {-128, -1, 3, 127}) {
    Faithful network;
    const IntTensor weight = random_codes({3, 3, 2, 4}, -128, 127, 1);
    network.input({5, 4, 2}, kInt8, zero_point)
        .add("conv", {"x"}, padded_conv(weight, zero_point))
        .add("y", {"conv"},
             Requantise{.dialect = DoubleScale{{1 / 1024.0}, Rounding::kHalfEven},
                        .bias = {1, -2, 300, -4000},
                        .zero_point = -3,
                        .clamp = {-128, 127}},
             {.zero_point = -3, .type = kInt8});
    const Lowered lowered = network.lowered();
    EXPECT_EQ(std::get<IntConv2d>(find_node(lowered.network, "conv.raw").op).params.pad_value,
              zero_point);
    const LowerReport report = network.report();
    EXPECT_EQ(report.ops.size(), 2);
    EXPECT_EQ(report.ops[0].compared, 16 * 5 * 4 * 4);
    EXPECT_EQ(differing(report), 0) << "zero point " << zero_point;
    EXPECT_EQ(report.outputs[0].differing, 0);
  }
}

TEST(LowerZeroPoint, OfADepthwiseConvolutionTakesEachChannelsOwnWeights) {
  Faithful network;
  IntConv2d op = padded_conv(random_codes({3, 3, 1, 3}, -255, 255, 2), 100);
  op.params.groups = 3;
  network.input({4, 4, 3}, kUint8, 100)
      .add("conv", {"x"}, op)
      .add("y", {"conv"},
           Requantise{.dialect = DoubleScale{{1 / 512.0}, Rounding::kHalfEven}, .clamp = {0, 255}},
           {.type = kUint8});
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerZeroPoint, OfZeroKeepsTheNameOfTheSums) {
  Faithful network;
  network.input({1}, kInt8)
      .add("fc", {"x"}, IntMatmul{.weight = IntTensor({1, 1}, {3})})
      .add("y", {"fc"}, halves(), {.type = kInt8});
  EXPECT_EQ(describe(network.lowered().network), "fc:int_matmul(x) y:mul_quant(fc)");
}

TEST(LowerZeroPoint, StaysWhereTheSumsHaveAnotherUser) {
  Faithful network;
  network.input({1}, kInt8, 5)
      .add("fc", {"x"}, IntMatmul{.weight = IntTensor({1, 1}, {3}), .input_zero_point = 5})
      .add("y", {"fc"}, halves(), {.type = kInt8});
  network.network.outputs = {"y", "fc"};
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  ASSERT_EQ(lowered.kept.size(), 1);
  EXPECT_EQ(lowered.kept[0].op, "fc");
  EXPECT_NE(lowered.kept[0].reason.find("zero point"), std::string::npos);
  EXPECT_EQ(count_lowered_macs(lowered).lowered, 0);
  EXPECT_EQ(count_lowered_macs(lowered).all, 1);
}

// Raw codes to 270 need 10 bits; less 100 they fit 9.
TEST(LowerZeroPoint, StaysWhereRawCodesNeedMoreThanNineBits) {
  for (const std::int64_t highest : {255, 270}) {
    Faithful network;
    network.input({1}, {.bits = 10})
        .add("codes", {"x"}, IntClamp{{0, highest}}, {.type = {.bits = 10}})
        .add("fc", {"codes"}, IntMatmul{.weight = IntTensor({1, 1}, {3}), .input_zero_point = 100})
        .add("y", {"fc"}, halves(), {.type = kInt8});
    const std::string text = describe(network.lowered().network);
    EXPECT_EQ(text.find("fc.raw") != std::string::npos, highest == 255) << text;
    EXPECT_EQ(differing(network.report()), 0);
  }
}

}  // namespace
}  // namespace systole
