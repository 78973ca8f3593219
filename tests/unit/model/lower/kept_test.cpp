// kept_test.cpp: what stays on the host, and why.
#include <algorithm>

#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

std::string reason_of(const Lowered& lowered, const std::string& op) {
  for (const KeptOp& kept : lowered.kept)
    if (kept.op == op) return kept.reason;
  return "";
}

/// A float convolution on an image, an integer block with the image's features as its identity.
Faithful island() {
  Faithful network;
  FloatTensor weight({1, 1, 2, 4});
  for (std::int64_t i = 0; i < 8; ++i) weight[i] = static_cast<float>(i) / 8.0F - 0.4F;
  network.image({2, 2, 2})
      .real("conv", {"x"}, FloatIsland{Conv2d{{}, weight, {}}})
      .real("s", {"conv"}, FloatMulShift{{2}, {1}, 0})
      .real("r", {"s"}, FloatIsland{Relu{}})
      .quantizer("q", "r", 30.0F)
      .add("fc", {"q"}, IntConv2d{{}, random_codes({1, 1, 4, 4}, -127, 127, 5)})
      .real("fc.s", {"fc"}, FloatMulShift{{1}, {0}, 14})
      .real("sum", {"fc.s", "r"}, FloatIsland{Add{}})
      .quantizer("y", "sum", 9.0F, 100);
  return network;
}

TEST(Kept, IsAFloatFirstConvolutionWithItsReals) {
  const Lowered lowered = island().lowered();
  EXPECT_EQ(
      describe(lowered.network),
      "conv:float_conv2d(x) s:float_mul_shift(conv) r:float_relu(s) q:quantize(r) fc:int_conv2d(q) "
      "r.stream:quantize(r) y:mul_quant(fc,r.stream)");
  EXPECT_EQ(reason_of(lowered, "conv"), "a float convolution: its operand is not quantised");
  EXPECT_NE(reason_of(lowered, "r.stream"), "");
  EXPECT_EQ(reason_of(lowered, "fc"), "");
  EXPECT_EQ(lowered.kept.size(), 5);
}

TEST(Kept, CountsAgainstTheLoweredMacs) {
  const LowerReport report = island().report();
  EXPECT_EQ(report.macs.all, 4 * 8 + 4 * 16);
  EXPECT_EQ(report.macs.lowered, 4 * 16);
  expect_within(report, 1);
}

TEST(Kept, AreTheOpsThatTheDesignHasNoUnitFor) {
  Faithful network;
  const IntTensor table = random_codes({256}, -128, 127, 8);
  network.input({6}, kInt8)
      .add("table", {"x"}, Lookup{table, -128}, {.type = kInt8})
      .add("product", {"x", "table"}, IntMul{})
      .add("scaled", {"product"},
           Requantise{.dialect = Float32Scale{{0.01F}}, .clamp = {-128, 127}}, {.type = kInt8})
      .add("clamped", {"scaled"}, IntClamp{{-50, 60}}, {.type = kInt8})
      .add("square", {"clamped"}, Reshape{{2, 3}}, {.type = kInt8})
      .add("gram", {"square", "square"}, IntBatchMatmul{.transpose_b = true})
      .add("y", {"gram"}, Requantise{.dialect = Float32Scale{{0.001F}}, .clamp = {-128, 127}},
           {.type = kInt8})
      .add("p", {"y"},
           GemmlowpSoftmax{
               .beta = {1 << 30, 20}, .diff_min = -100, .zero_point = -128, .clamp = {-128, 127}},
           {.scale = 1 / 256.0, .zero_point = -128, .type = kInt8})
      .real("real", {"p"}, Dequantize{{.scale = 1 / 256.0, .zero_point = -128, .type = kInt8}});
  const Lowered lowered = network.lowered();
  for (const char* op : {"table", "product", "clamped", "square", "p", "real"})
    EXPECT_NE(reason_of(lowered, op), "") << op;
  for (const char* op : {"scaled", "gram", "y"}) EXPECT_EQ(reason_of(lowered, op), "") << op;
  EXPECT_EQ(differing(network.report()), 0);
}

// A concatenation of reals has no integer form here: it gets reals back, of 16 bits.
TEST(Kept, GetsTheRealsOfAStream) {
  Faithful network;
  network.input({4}, kInt8)
      .real("a", {"x"}, FloatMulShift{{3}, {0}, 2})
      .real("b", {"x"}, FloatMulShift{{5}, {0}, 3})
      .real("joined", {"a", "b"}, IntConcat{})
      .quantizer("y", "joined", 2.0F, 100);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network),
            "a:mul_quant(x) a.real:dequantize(a) b:mul_quant(x) b.real:dequantize(b) "
            "joined:concat(a.real,b.real) y:quantize(joined)");
  expect_within(network.report(), 1);
}

TEST(Lower, OfALoweredNetworkChangesNothing) {
  const IntNetwork once = island().lowered().network;
  EXPECT_EQ(lower(once, {}, {}).network, once);
  Faithful block;
  block.input({4}, kInt8, 3)
      .add("fc", {"x"}, IntMatmul{random_codes({4, 4}, -127, 127, 1), 3})
      .add("y", {"fc"}, Requantise{.dialect = Float32Scale{{0.01F}}, .clamp = {-128, 127}},
           {.type = kInt8});
  EXPECT_TRUE(needs_lowering(block.network));
  const IntNetwork lowered = block.lowered().network;
  EXPECT_FALSE(needs_lowering(lowered));
  EXPECT_EQ(lower(lowered, {}, {}).network, lowered);
}

TEST(Lower, RefusesNamesThatItNeeds) {
  Faithful network;
  network.input({4}, kInt8, 3)
      .add("fc.raw", {"x"}, IntClamp{{0, 9}}, {.type = kInt8})
      .add("fc", {"fc.raw"}, IntMatmul{random_codes({4, 4}, -127, 127, 1), 3})
      .add("y", {"fc"}, Requantise{.dialect = Float32Scale{{0.01F}}, .clamp = {-128, 127}},
           {.type = kInt8});
  try {
    network.lowered();
    ADD_FAILURE() << "no InputError";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("fc.raw: got two lowered ops"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace systole
