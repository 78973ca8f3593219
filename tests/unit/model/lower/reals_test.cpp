// reals_test.cpp: reals between integer layers end in the next quantizer's codes.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

/// Sums up to 2^15 of 8 inputs, in 4 channels.
Faithful product() {
  Faithful network;
  network.input({8}, kInt8).add("fc", {"x"}, IntMatmul{random_codes({8, 4}, -127, 127, 3)});
  return network;
}

FloatMulShift mul_shift() {
  return {.scale = {4096, 2048, -1024, 8192}, .bias = {0, 1e6F, -2e6F, 0}, .shift = 20};
}

TEST(LowerReals, BecomeOneMulQuantWithTheReluAsItsClamp) {
  Faithful network = product();
  network.real("scaled", {"fc"}, mul_shift())
      .real("relu", {"scaled"}, FloatIsland{Relu{}})
      .quantizer("y", "relu", 2.0F, 33);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  const MulQuant quant = quant_of(lowered, "y");
  EXPECT_EQ(quant.zero_point, 0);
  EXPECT_EQ(quant.clamp, (IntRange{0, 222}));  // The codes are less their zero point, -33..222.
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerReals, AReluWithAMaximumIsBothBoundsOfTheClamp) {
  Faithful network = product();
  network.real("scaled", {"fc"}, mul_shift())
      .real("relu6", {"scaled"}, FloatIsland{Relu{.max = 6}})
      .real("relu", {"relu6"}, FloatIsland{Relu{}})
      .quantizer("y", "relu", 2.0F, 33);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  EXPECT_EQ(quant_of(lowered, "y").clamp, (IntRange{0, 12}));
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerReals, AReluWithAMaximumOnCodesIsAClampAndAPadMovesThem) {
  Faithful network;
  network.input({4, 4, 2}, kInt8)
      .real("scaled", {"x"}, FloatMulShift{{3}, {1}, 2})
      .real("pool", {"scaled"}, FloatIsland{MaxPool{{.kernel = {2, 2}}}})
      .real("relu6", {"pool"}, FloatIsland{Relu{.max = 6}})
      .real("padded", {"relu6"}, FloatIsland{Pad{.amounts = {{0, 0}, {0, 0}, {1, 2}}}})
      .real("flat", {"padded"}, IntFlatten{})
      .quantizer("y", "flat", 2.0F, 5);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "scaled:mul_quant(x) pool:max_pool(scaled) relu6:clamp(pool) padded:pad(relu6) "
            "y:flatten(padded)");
  EXPECT_EQ(std::get<IntClamp>(find_node(lowered.network, "relu6").op).range, (IntRange{0, 12}));
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerReals, WithoutReluReachTheNegativeCodes) {
  Faithful network = product();
  network.real("scaled", {"fc"}, mul_shift()).quantizer("y", "scaled", 2.0F, 33);
  EXPECT_EQ(quant_of(network.lowered(), "y").clamp, (IntRange{-33, 222}));
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerReals, OfAQuantizerThatClampsTwiceLoseTheNegativeCodes) {
  Faithful network = product();
  const QuantizeReal twice{
      .factor = 2.0F, .zero_point = 33, .range = {0, 255}, .subtract = true, .clamp_again = true};
  network.real("scaled", {"fc"}, mul_shift())
      .add("y", {"scaled"}, twice, {.scale = 0.5, .type = {8, false}});
  EXPECT_EQ(quant_of(network.lowered(), "y").clamp, (IntRange{0, 222}));
  EXPECT_EQ(differing(network.report()), 0);
}

TEST(LowerReals, OfAQuantizerThatKeepsItsZeroPointKeepIt) {
  Faithful network = product();
  const QuantizeReal keeps{
      .rule = QuantizeRule::kDivideHalfAway, .factor = 0.5F, .zero_point = 33, .range = {0, 255}};
  network.real("scaled", {"fc"}, mul_shift())
      .real("relu", {"scaled"}, FloatIsland{Relu{}})
      .add("y", {"relu"}, keeps, {.scale = 0.5, .zero_point = 33, .type = {8, false}});
  const MulQuant quant = quant_of(network.lowered(), "y");
  EXPECT_EQ(quant.zero_point, 33);
  EXPECT_EQ(quant.clamp, (IntRange{33, 255}));
  EXPECT_EQ(quant.rounding, Rounding::kHalfAway);
  EXPECT_EQ(differing(network.report()), 0);
}

// t = (x + 3) with no shift, then (t * 8 + 16) / 4: y = 2 x + 10.
TEST(LowerReals, OfTwoMulShiftsCompose) {
  Faithful network;
  network.input({1}, kInt8)
      .real("bias", {"x"}, FloatMulShift{{1}, {3}, 0})
      .real("scaled", {"bias"}, FloatMulShift{{8}, {16}, 2})
      .quantizer("y", "scaled", 1.0F, 128);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "y:mul_quant(x)");
  const AnyTensors got = run_integer(lowered.network, {{"x", IntTensor({1, 1}, {7})}});
  EXPECT_EQ(integers(got.at("y"))[0], 24);
}

TEST(LowerReals, OfABatchNormCompose) {
  Faithful network;
  const BatchNorm norm{FloatTensor({1}, {6.0F}), FloatTensor({1}, {10.0F}),
                       FloatTensor({1}, {1.0F}), FloatTensor({1}, {9.0F}), 0.0F};
  network.input({1}, kInt8)
      .real("real", {"x"}, FloatMulShift{{1}, {0}, 0})
      .real("norm", {"real"}, FloatIsland{norm})
      .quantizer("y", "norm", 1.0F, 128);  // 2 x + 8.
  const AnyTensors got = run_integer(network.lowered().network, {{"x", IntTensor({1, 1}, {7})}});
  EXPECT_EQ(integers(got.at("y"))[0], 22);
}

TEST(LowerReals, MoveAsCodes) {
  Faithful network;
  const MaxPool pool{{.kernel = {2, 2}, .stride = {2, 2}}};
  network.input({4, 4, 2}, kInt8)
      .real("scaled", {"x"}, FloatMulShift{{3}, {1}, 2})
      .real("relu", {"scaled"}, FloatIsland{Relu{}})
      .real("pool", {"relu"}, FloatIsland{pool})
      .real("padded", {"pool"}, Pad{{{0, 0}, {0, 0}, {1, 2}}, 4})
      .real("flat", {"padded"}, Reshape{{20}})
      .quantizer("y", "flat", 2.0F, 5);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "relu:mul_quant(x) pool:max_pool(relu) padded:pad(pool) y:reshape(padded)");
  EXPECT_EQ(std::get<Pad>(find_node(lowered.network, "padded").op).value, 8);  // 4 in steps of 0.5.
  const LowerReport report = network.report();
  ASSERT_EQ(report.ops.size(), 3);  // The rest moves data on the host.
  EXPECT_EQ(report.ops[0].op, "relu");
  EXPECT_EQ(report.ops[1].op, "pool");
  EXPECT_EQ(report.ops[2].op, "y");  // Moves data, too, but gives the codes of a quantizer.
  EXPECT_EQ(report.ops[0].from, "float_relu");
  EXPECT_EQ(differing(report), 0);
  EXPECT_EQ(report.outputs[0].differing, 0);
}

TEST(LowerReals, WithTheirOwnUsersBeforeAReluAreStreams) {
  Faithful network = product();
  network.real("scaled", {"fc"}, mul_shift())
      .real("relu", {"scaled"}, FloatIsland{Relu{}})
      .quantizer("y", "relu", 2.0F)
      .quantizer("z", "scaled", 3.0F, 100);
  network.network.outputs = {"y", "z"};
  EXPECT_EQ(describe(network.lowered().network),
            "fc:int_matmul(x) scaled:mul_quant(fc) relu:relu(scaled) y:mul_quant(relu) "
            "z:mul_quant(scaled)");
  expect_within(network.report(), 1);
}

}  // namespace
}  // namespace systole
