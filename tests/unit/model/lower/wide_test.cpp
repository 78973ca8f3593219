// wide_test.cpp: products of 16-bit codes run in two passes of 9 bits, exactly.
#include "model/network/ranges.h"
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

constexpr IntType kUint16 = {.bits = 16, .is_signed = false};

Requantise to_uint16(std::vector<double> offsets = {}) {
  return {.dialect = DoubleScale{{1 / 4096.0}, Rounding::kHalfEven, std::move(offsets)},
          .clamp = {0, 65535}};
}

Faithful wide_conv(std::int32_t zero_point) {
  Faithful network;
  network.input({5, 4, 2}, kUint16, zero_point)
      .add("conv", {"x"}, padded_conv(random_codes({3, 3, 2, 4}, -128, 127, 1), zero_point))
      .add("y", {"conv"}, to_uint16({100.25, 0, -3.5, 7}), {.type = kUint16});
  return network;
}

TEST(LowerWide, TakesTwoPassesOfTheArray) {
  const Lowered lowered = wide_conv(29172).lowered();
  EXPECT_EQ(describe(lowered.network),
            "x.high:split(x) x.low:split(x) conv.high:int_conv2d(x.high) "
            "conv.low:int_conv2d(x.low) conv:join_sums(conv.high,conv.low) y:mul_quant(conv)");
  const Ranges ranges = value_ranges(lowered.network);
  EXPECT_EQ(ranges.at("x.high"), (IntRange{-114, 142}));  // floor((0..65535 - 29172) / 256).
  EXPECT_EQ(ranges.at("x.low"), (IntRange{0, 255}));
}

TEST(LowerWide, GivesTheFaithfulTensorsWithAnyPadding) {
  for (const std::int32_t zero_point : {0, 1, 29172, 65535}) {
    const LowerReport report = wide_conv(zero_point).report();
    EXPECT_EQ(report.macs.percent(), 100) << zero_point;
    EXPECT_EQ(report.compared(), 2 * 16 * 5 * 4 * 4);  // Sums and codes.
    EXPECT_EQ(differing(report), 0) << zero_point;
    EXPECT_EQ(report.outputs[0].differing, 0) << zero_point;
  }
}

TEST(LowerWide, NamesWhatTheHostDoes) {
  const Lowered lowered = wide_conv(3).lowered();
  std::map<std::string, std::string> reasons;
  for (const KeptOp& kept : lowered.kept) reasons[kept.op] = kept.reason;
  EXPECT_EQ(reasons, (std::map<std::string, std::string>{
                         {"x.high", "moves data only"},
                         {"x.low", "moves data only"},
                         {"conv", "adds the sums of two passes"},
                         {"y", "its sums are joined of two passes, not in an accumulator"}}));
}

TEST(LowerWide, SharesThePartsOfOneTensor) {
  Faithful network;
  const IntMatmul op{.weight = random_codes({8, 3}, -128, 127, 2), .input_zero_point = 40000};
  network.input({8}, kUint16, 40000)
      .add("a", {"x"}, op)
      .add("p", {"a"}, to_uint16(), {.type = kUint16})
      .add("b", {"x"}, op)
      .add("q", {"b"}, to_uint16(), {.type = kUint16});
  network.network.outputs = {"p", "q"};
  const Lowered lowered = network.lowered();
  EXPECT_EQ(lowered.network.nodes.size(), 2 + 2 * 4);
  EXPECT_EQ(network.report().outputs[1].differing, 0);
}

TEST(LowerWide, LeavesNineBitsWhole) {
  Faithful network;
  network.input({8}, kUint16, 0)
      .add("c", {"x"}, IntClamp{{0, 255}}, {.type = kUint16})
      .add("a", {"c"}, IntMatmul{.weight = random_codes({8, 3}, -128, 127, 2)})
      .add("y", {"a"}, to_uint16(), {.type = kUint16});
  EXPECT_EQ(describe(network.lowered().network), "c:clamp(x) a:int_matmul(c) y:mul_quant(a)");
}

TEST(LowerWide, IsNeededByProductsInTheHardwaresOwnArithmeticToo) {
  const auto fused = [](IntType type) {
    Faithful network;
    network.input({4}, type).add("fc", {"x"}, IntMatmul{.weight = IntTensor({4, 2}, 3)});
    const MulQuant quant{.channels = {{.scale = 1, .shift = 6}}, .clamp = {-32768, 32767}};
    return network.add("y", {"fc"}, quant, {.type = {.bits = 16}});
  };
  EXPECT_FALSE(needs_lowering(fused({.bits = 9}).network));
  EXPECT_TRUE(has_unfit_products(fused({.bits = 10}).network));
  EXPECT_TRUE(needs_lowering(fused({.bits = 10}).network));
  EXPECT_EQ(describe(fused({.bits = 16}).lowered().network),
            "x.high:split(x) x.low:split(x) fc.high:int_matmul(x.high) fc.low:int_matmul(x.low) "
            "fc:join_sums(fc.high,fc.low) y:mul_quant(fc)");
}

}  // namespace
}  // namespace systole
