// residual_test.cpp: float residual streams become integers.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

IntMatmul dense(std::uint32_t seed) { return {random_codes({4, 4}, -127, 127, seed)}; }
FloatMulShift scaler(float scale) { return {.scale = {scale}, .bias = {0.125F}, .shift = 14}; }
FloatIsland relu() { return {Relu{}}; }
FloatIsland plus() { return {Add{}}; }

/// stem - relu - [quantize - fc1 - relu - quantize - fc2] + identity - relu - quantize - head.
Faithful block() {
  Faithful network;
  network.input({4}, kInt8)
      .add("stem", {"x"}, dense(1))
      .real("stem.s", {"stem"}, scaler(3))
      .real("s", {"stem.s"}, relu())
      .quantizer("q1", "s", 40.0F)
      .add("fc1", {"q1"}, dense(2))
      .real("fc1.s", {"fc1"}, scaler(2))
      .real("r1", {"fc1.s"}, relu())
      .quantizer("q2", "r1", 30.0F)
      .add("fc2", {"q2"}, dense(3))
      .real("fc2.s", {"fc2"}, scaler(1))
      .real("sum", {"fc2.s", "s"}, plus())
      .real("r2", {"sum"}, relu())
      .quantizer("q3", "r2", 20.0F)
      .add("head", {"q3"}, dense(4))
      .real("logits", {"head"}, scaler(1));
  return network;
}

TEST(LowerResidual, IsTheSecondOperandOfTheLaterProductsMulQuant) {
  const Lowered lowered = block().lowered();
  EXPECT_EQ(describe(lowered.network),
            "stem:int_matmul(x) s:mul_quant(stem) q1:mul_quant(s) fc1:int_matmul(q1) "
            "q2:mul_quant(fc1) fc2:int_matmul(q2) q3:mul_quant(fc2,s) head:int_matmul(q3) "
            "logits:mul_quant(head)");
  EXPECT_EQ(find_node(lowered.network, "s").output.type, (IntType{.bits = 16}));
  EXPECT_EQ(quant_of(lowered, "s").clamp, (IntRange{0, 32767}));
  EXPECT_EQ(quant_of(lowered, "q3").clamp.lo, 0);
}

TEST(LowerResidual, IsWithinOneFromIdenticalInputs) {
  for (const int bits : {8, 16}) {
    const LowerReport report = block().report({.stream_bits = bits});
    expect_within(report, bits == 16 ? 1 : 2);  // 8 bits: the stream's own step shows.
    EXPECT_EQ(report.macs.all, 64);
    EXPECT_EQ(report.macs.lowered, 64);
    EXPECT_TRUE(report.kept.empty());
  }
}

TEST(LowerResidual, OfTwoProductsMakesAStreamOfTheEarlierOne) {
  for (const bool swapped : {false, true}) {
    Faithful network;
    network.input({4}, kInt8)
        .add("a", {"x"}, dense(1))
        .real("a.s", {"a"}, scaler(3))
        .add("b", {"x"}, dense(2))
        .real("b.s", {"b"}, scaler(2))
        .real("sum",
              swapped ? std::vector<std::string>{"b.s", "a.s"}
                      : std::vector<std::string>{"a.s", "b.s"},
              plus())
        .quantizer("y", "sum", 20.0F, 100);
    const std::string text = describe(network.lowered().network);
    // Either may host; the other is a stream of 16 bits.
    EXPECT_EQ(text, swapped ? "a:int_matmul(x) b:int_matmul(x) b.s:mul_quant(b) y:mul_quant(a,b.s)"
                            : "a:int_matmul(x) b:int_matmul(x) a.s:mul_quant(a) "
                              "y:mul_quant(b,a.s)");
    expect_within(network.report(), 1);
  }
}

TEST(LowerResidual, OfTwoStreamsIsAnAdd) {
  Faithful network;
  network.input({4}, kInt8)
      .real("a", {"x"}, scaler(1000))
      .quantizer("qa", "a", 2.0F, 50)
      .real("b", {"x"}, scaler(-300))
      .quantizer("qb", "b", 2.0F, 50)
      .real("sum", {"a", "b"}, plus())
      .quantizer("y", "sum", 9.0F, 100);
  network.network.outputs = {"qa", "qb", "y"};
  EXPECT_EQ(describe(network.lowered().network),
            "a:mul_quant(x) qa:mul_quant(a) b:mul_quant(x) qb:mul_quant(b) y:add(b,a)");
  expect_within(network.report(), 1);
}

TEST(LowerResidual, OfOperandsWithTheirOwnReluIsAnAddBehindIt) {
  Faithful network;
  network.input({4}, kInt8)
      .real("a", {"x"}, scaler(1000))
      .real("a.relu", {"a"}, relu())
      .real("b", {"x"}, scaler(-300))
      .real("b.relu", {"b"}, relu())
      .real("sum", {"a.relu", "b.relu"}, plus())
      .quantizer("y", "sum", 9.0F, 100);
  EXPECT_EQ(describe(network.lowered().network),
            "b.relu:mul_quant(x) a.relu:mul_quant(x) y:add(b.relu,a.relu)");
  expect_within(network.report(), 1);
}

TEST(LowerResidual, OfATensorWithItselfIsAnAdd) {
  Faithful network;
  network.input({4}, kInt8)
      .real("a", {"x"}, scaler(1000))
      .real("sum", {"a", "a"}, plus())
      .quantizer("y", "sum", 9.0F, 100);
  EXPECT_EQ(describe(network.lowered().network), "a:mul_quant(x) y:add(a,a)");
  expect_within(network.report(), 1);
}

// ResNet's option A: every second pixel, and channels of zeros on both sides.
TEST(LowerResidual, OfOptionASubsamplesAndPadsTheStream) {
  Faithful network;
  network.input({4, 4, 2}, kInt8)
      .real("s", {"x"}, scaler(900))
      .quantizer("q", "s", 20.0F, 128)
      .add("conv", {"q"},
           IntConv2d{.params = {.window = {.kernel = {1, 1}, .stride = {2, 2}}},
                     .weight = random_codes({1, 1, 2, 4}, -127, 127, 9)})
      .real("conv.s", {"conv"}, scaler(2))
      .real("sub", {"s"}, FloatIsland{MaxPool{{.kernel = {1, 1}, .stride = {2, 2}}}})
      .real("skip", {"sub"}, Pad{{{0, 0}, {0, 0}, {1, 1}}, 0})
      .real("sum", {"conv.s", "skip"}, plus())
      .real("relu", {"sum"}, relu());
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "s:mul_quant(x) q:mul_quant(s) conv:int_conv2d(q) sub:max_pool(s) skip:pad(sub) "
            "relu:mul_quant(conv,skip)");
  EXPECT_EQ(lowered.network.outputs, (std::vector<std::string>{"relu"}));
  expect_within(network.report(), 1);
}

}  // namespace
}  // namespace systole
