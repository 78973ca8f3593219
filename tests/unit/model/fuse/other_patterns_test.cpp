// other_patterns_test.cpp: pools, concatenation, lone additions, batch norms and ReLUs.
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

constexpr Window kPooling = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}};

TEST(FusePool, AnAverageOfConstantCountIsASumAndAMulQuant) {
  Pattern pattern;
  pattern.add("p", {"image"}, AvgPool{.window = kPooling, .count_include_pad = true});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "p:int_sum_pool(image) p.quant:mul_quant(p)");
  EXPECT_EQ(std::get<IntSumPool>(fused.network.nodes[0].op).zero_point, 128);
  expect_close(pattern, 30);
}

TEST(FusePool, AnAverageOfVaryingCountHasConstantsPerCount) {
  Pattern pattern;
  pattern.add("p", {"image"}, AvgPool{.window = kPooling, .count_include_pad = false});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "p:avg_pool(image)");
  const auto& pool = std::get<IntAvgPool>(fused.network.nodes[0].op);
  ASSERT_EQ(pool.quant_by_count.size(), 3U);
  EXPECT_TRUE(pool.quant_by_count.contains(4));
  EXPECT_TRUE(pool.quant_by_count.contains(6));
  EXPECT_TRUE(pool.quant_by_count.contains(9));
  expect_close(pattern, 30);
}

TEST(FusePool, WithoutPaddingTheCountIsConstantEitherWay) {
  Pattern pattern;
  pattern.add("p", {"image"}, AvgPool{.window = {.kernel = {2, 2}}, .count_include_pad = false});
  EXPECT_EQ(describe(pattern.fused().network), "p:int_sum_pool(image) p.quant:mul_quant(p)");
  expect_close(pattern, 30);
}

TEST(FusePool, AGlobalAverageSumsTheWholeImage) {
  Pattern pattern;
  pattern.add("g", {"image"}, GlobalAvgPool{}).add("r", {"g"}, Relu{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "g:int_sum_pool(image) g.quant:mul_quant(g)");
  EXPECT_EQ(std::get<IntSumPool>(fused.network.nodes[0].op).window.kernel[0], 5);
  EXPECT_EQ(fused.float_names.at("g.quant"), "r");
  expect_close(pattern, 30);
}

TEST(FusePool, MaxPoolReluAndFlattenWorkOnCodes) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{kPooling}).add("r", {"m"}, Relu{}).add("f", {"r"}, Flatten{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network), "m:max_pool(image) r:relu(m) f:flatten(r)");
  EXPECT_EQ(std::get<IntRelu>(fused.network.nodes[1].op).zero_point, 128);
  for (const PathDifference& op : pattern.compared().ops)
    EXPECT_EQ(op.integer_to_float.max_error, 0) << op.op;
}

TEST(FuseJoin, ALoneAdditionIsAnAdd) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{kPooling})
      .add("p", {"image"}, AvgPool{.window = kPooling, .count_include_pad = true})
      .add("s", {"m", "p"}, Add{})
      .add("r", {"s"}, Relu{});
  EXPECT_EQ(describe(pattern.fused().network),
            "m:max_pool(image) p:int_sum_pool(image) p.quant:mul_quant(p) s:add(m,p.quant)");
  expect_close(pattern, 30);
}

TEST(FuseJoin, OperandsOfAConcatAreBroughtToOneScale) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{kPooling}).conv("c", "image", 1);
  pattern.add("j", {"m", "c", "image"}, Concat{});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network),
            "m:max_pool(image) c:int_conv2d(image) c.quant:mul_quant(c) "
            "j.in0.quant:mul_quant(m) j.in1.quant:mul_quant(c.quant) j.in2.quant:mul_quant(image) "
            "j:concat(j.in0.quant,j.in1.quant,j.in2.quant)");
  expect_close(pattern, 25);
}

TEST(FuseJoin, AConcatOfEqualScalesNeedsNoMulQuant) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{kPooling}).add("j", {"m", "image"}, Concat{});
  EXPECT_EQ(describe(pattern.fused().network), "m:max_pool(image) j:concat(m,image)");
  expect_close(pattern, 100);
}

TEST(FuseNorm, ALoneBatchNormIsAMulQuantOnCodes) {
  Pattern pattern;
  pattern.add("m", {"image"}, MaxPool{kPooling}).norm("n", "m", 1).add("r", {"n"}, Relu{});
  EXPECT_EQ(describe(pattern.fused().network), "m:max_pool(image) n.quant:mul_quant(m)");
  expect_close(pattern, 30);
}

TEST(FuseNorm, ALayerNormStaysInRealsBetweenCodes) {
  Pattern pattern;
  pattern.conv("c", "image", 1)
      .add("n", {"c"}, LayerNorm{.gamma = random_floats({4}, 2), .beta = random_floats({4}, 3)})
      .conv("d", "n", 4);
  EXPECT_EQ(describe(pattern.fused().network),
            "c:int_conv2d(image) c.quant:mul_quant(c) c.quant.real:dequantize(c.quant) "
            "n:float_layer_norm(c.quant.real) n.quant:quantize(n) d:int_conv2d(n.quant) "
            "d.quant:mul_quant(d)");
  expect_close(pattern, 30);
}

TEST(FuseNorm, ADeadChannelIsItsBias) {
  Pattern pattern;
  pattern.conv("c", "image", 1).norm("n", "c", 2);
  std::get<BatchNorm>(pattern.network.nodes[1].op).gamma[2] = 0;
  Conv2d& conv = std::get<Conv2d>(pattern.network.nodes[0].op);
  for (std::int64_t k = 0; k < 36; ++k) conv.weight[k * 4 + 1] = 0;
  expect_close(pattern, 30);
}

}  // namespace
}  // namespace systole
