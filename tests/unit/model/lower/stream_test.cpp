// stream_test.cpp: the width and scale of reals that become a stream.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

/// Two quantizers on the reals x / 4, which reach 32.
Faithful forked(bool has_relu) {
  Faithful network;
  network.input({64}, kInt8).real("s", {"x"}, FloatMulShift{{1}, {0}, 2});
  if (has_relu) network.real("r", {"s"}, FloatIsland{Relu{}});
  const std::string stream = has_relu ? "r" : "s";
  network.quantizer("a", stream, 7.0F, 20).quantizer("b", stream, 5.0F, 60);
  network.network.outputs = {"a", "b"};
  return network;
}

TEST(Stream, HasTwiceTheCalibratedMagnitudeIn16Bits) {
  const Faithful network = forked(false);
  EXPECT_EQ(measure_peaks(network.network, network.samples()).at("s"), 32.0);
  const Quantization stream = find_node(network.lowered().network, "s").output;
  EXPECT_EQ(stream.type, (IntType{.bits = 16}));
  EXPECT_NEAR(stream.scale, 64.0 / 32767, 1e-9);
  expect_within(network.report(), 1);
}

TEST(Stream, HasTheCalibratedMagnitudeIn8Bits) {
  const Quantization stream =
      find_node(forked(false).lowered({.stream_bits = 8}).network, "s").output;
  EXPECT_EQ(stream.type, (IntType{.bits = 8}));
  EXPECT_NEAR(stream.scale, 32.0 / 127, 1e-8);
}

TEST(Stream, IsUnsignedIn8BitsWhereItIsNeverNegative) {
  const IntNode stream = find_node(forked(true).lowered({.stream_bits = 8}).network, "r");
  EXPECT_EQ(stream.output.type, (IntType{.bits = 8, .is_signed = false}));
  EXPECT_NEAR(stream.output.scale, 31.75 / 255, 1e-8);
  EXPECT_EQ(std::get<MulQuant>(stream.op).clamp, (IntRange{0, 255}));
}

TEST(Stream, SaturatesBeyondItsHeadroom) {
  const Faithful network = forked(false);
  const Lowered lowered = lower(network.network, {}, {{"s", 8.0}});
  const AnyTensors got = run_integer(lowered.network, {{"x", IntTensor({1, 64}, 127)}});
  EXPECT_EQ(integers(got.at("a"))[0], 7 * 16);  // 31.75 becomes 16.
}

TEST(Stream, OfNothingButZerosHasSteps) {
  Faithful network;
  network.input({4}, kInt8).real("s", {"x"}, FloatMulShift{{0}, {0}, 2});
  EXPECT_EQ(find_node(network.lowered().network, "s").output.scale, 1.0);
}

TEST(Stream, OfTheNetworksOutputHas16BitsWhateverTheOthersHave) {
  Faithful network;
  network.input({4}, kInt8).real("logits", {"x"}, FloatMulShift{{3}, {5}, 2});
  const Lowered lowered = network.lowered({.stream_bits = 8});
  EXPECT_EQ(describe(lowered.network), "logits:mul_quant(x)");
  EXPECT_EQ(lowered.network.nodes[0].output.type, (IntType{.bits = 16}));
  EXPECT_EQ(lowered.network.outputs, (std::vector<std::string>{"logits"}));
}

TEST(Stream, IsWhatTheNetworksOutputStaysBesideAQuantizer) {
  Faithful network;
  network.input({4}, kInt8).real("s", {"x"}, FloatMulShift{{3}, {5}, 2}).quantizer("y", "s", 2.0F);
  network.network.outputs = {"s", "y"};
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "s:mul_quant(x) y:mul_quant(s)");
  EXPECT_EQ(lowered.network.outputs, (std::vector<std::string>{"s", "y"}));
}

TEST(Stream, NeedsACalibratedMagnitude) {
  try {
    lower(forked(false).network, {}, {});
    ADD_FAILURE() << "no InputError";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("s: got no calibrated magnitude"), std::string::npos)
        << error.what();
  }
}

TEST(Peaks, RefuseWhatIsNotFinite) {
  Faithful network;
  network.input({1}, kInt8)
      .real("s", {"x"}, FloatMulShift{{3e38F}, {0}, 0})
      .quantizer("y", "s", 1.0F);
  EXPECT_THROW(measure_peaks(network.network, {{"x", IntTensor({1, 1}, {100})}}), InputError);
}

}  // namespace
}  // namespace systole
