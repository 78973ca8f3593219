// bias_test.cpp: biases that are ops of their own.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

const MulShift kBias = {.channels = {{.scale = 1, .bias = 100},
                                     {.scale = 1, .bias = -7},
                                     {.scale = 1, .bias = 0},
                                     {.scale = 1, .bias = 900}}};

MulQuant halved(std::int32_t scale) {
  return {.channels = {{.scale = scale, .bias = 5, .shift = 8}},
          .rounding = Rounding::kHalfUp,
          .clamp = {-128, 127}};
}

Faithful biased(const MulShift& bias) {
  Faithful network;
  network.input({4}, kInt8)
      .add("fc", {"x"}, IntMatmul{random_codes({4, 4}, -127, 127, 1)})
      .add("sum", {"fc"}, bias)
      .add("y", {"sum"}, halved(3), {.type = kInt8});
  return network;
}

TEST(Bias, JoinsTheRequantisationExactly) {
  const Faithful network = biased(kBias);
  EXPECT_TRUE(needs_lowering(network.network));
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "fc:int_matmul(x) y:mul_quant(fc)");
  const std::vector<MulQuantChannel> channels = quant_of(lowered, "y").channels;
  ASSERT_EQ(channels.size(), 4);
  EXPECT_EQ(channels[0].bias, 305);
  EXPECT_EQ(channels[1].bias, -16);
  EXPECT_EQ(channels[2].bias, 5);
  EXPECT_EQ(channels[3].bias, 2705);
  EXPECT_EQ(channels[3].scale, 3);
  expect_within(network.report(), 0);
  EXPECT_FALSE(needs_lowering(lowered.network));
}

TEST(Bias, OfAllChannelsKeepsOneConstant) {
  const Lowered lowered = biased({.channels = {{.scale = 1, .bias = -4}}}).lowered();
  ASSERT_EQ(quant_of(lowered, "y").channels.size(), 1);
  EXPECT_EQ(quant_of(lowered, "y").channels[0].bias, -7);
}

TEST(Bias, JoinsEveryRequantisationThatUsesIt) {
  Faithful network = biased(kBias);
  network.add(
      "z", {"sum", "y"},
      MulQuant{.channels = {{.scale = 2, .shift = 8, .residual_scale = 256}}, .clamp = {-128, 127}},
      {.type = kInt8});
  EXPECT_EQ(describe(network.lowered().network),
            "fc:int_matmul(x) y:mul_quant(fc) z:mul_quant(fc,y)");
  EXPECT_EQ(quant_of(network.lowered(), "z").channels[0].bias, 200);
  expect_within(network.report(), 0);
}

TEST(Bias, StaysWhereItsSumsAreAnOutput) {
  Faithful network = biased(kBias);
  network.network.outputs = {"y", "sum"};
  EXPECT_EQ(describe(network.lowered().network),
            "fc:int_matmul(x) sum:mul_shift(fc) y:mul_quant(sum)");
  expect_within(network.report(), 0);
}

TEST(Bias, StaysWhereAnotherOpUsesItsSums) {
  Faithful network = biased(kBias);
  network.add("z", {"sum"}, Reshape{{2, 2}});
  EXPECT_EQ(describe(network.lowered().network),
            "fc:int_matmul(x) sum:mul_shift(fc) y:mul_quant(sum) z:reshape(sum)");
}

TEST(Bias, StaysWhereItIsMoreThanAnAddition) {
  for (const MulQuantChannel& channel :
       {MulQuantChannel{.scale = 2, .bias = 4}, {.scale = 1, .bias = 4, .shift = 1}}) {
    const Faithful network = biased({.channels = {channel}});
    EXPECT_FALSE(needs_lowering(network.network));
    EXPECT_EQ(network.lowered().network.nodes.size(), 3);
    expect_within(network.report(), 0);
  }
}

TEST(Bias, StaysBehindWhatTheArrayDoesNotCompute) {
  Faithful network;
  network.input({2, 2}, kInt8)
      .add("gram", {"x", "x"}, IntBatchMatmul{})
      .add("sum", {"gram"}, MulShift{.channels = {{.scale = 1, .bias = 4}}})
      .add("y", {"sum"}, halved(1), {.type = kInt8});
  EXPECT_EQ(network.lowered().network.nodes.size(), 3);
  expect_within(network.report(), 0);
}

}  // namespace
}  // namespace systole
