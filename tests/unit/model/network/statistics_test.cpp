// statistics_test.cpp: multiply-accumulates and parameters counted by hand.
#include "model/network/statistics.h"

#include <gtest/gtest.h>

#include "model/network/op_name.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/unit/model/network/tiny_networks.h"

namespace systole {
namespace {

TEST(CountMacs, CountsProductsOfConvolutionsAndMatmuls) {
  const Bundle bundle = tiny_float();
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const auto macs = count_macs(network, infer_shapes(network, 2));
  EXPECT_EQ(macs.at("conv1"), 2 * 36 * (9 * 3) * 8);
  EXPECT_EQ(macs.at("grouped"), 2 * 36 * (9 * 2) * 8);
  EXPECT_EQ(macs.at("hidden"), 2 * 12 * 6);
  EXPECT_EQ(macs.at("mix"), 0);
}

TEST(CountMacs, CountsNothingForOpsThatMoveOrClamp) {
  const FloatNetwork network{
      .name = "moves",
      .inputs = {{.name = "x", .shape = {2}, .quantization = {}, .is_float = true}},
      .outputs = {"relu"},
      .nodes = {{.name = "pad", .inputs = {"x"}, .op = Pad{.amounts = {{1, 1}}}},
                {.name = "pass", .inputs = {"pad"}, .op = Identity{}},
                {.name = "drop", .inputs = {"pass"}, .op = Dropout{}},
                {.name = "relu", .inputs = {"drop"}, .op = Relu{.max = 6}}}};
  const Shapes shapes = infer_shapes(network, 3);
  EXPECT_EQ(shapes.at("relu"), (Shape{3, 4}));
  for (const auto& [name, macs] : count_macs(network, shapes)) EXPECT_EQ(macs, 0) << name;
  EXPECT_EQ(count_parameters(network), 0);
}

TEST(CountMacs, FusionKeepsThem) {
  const Bundle floats = tiny_float();
  const Bundle integers = tiny_int();
  const auto& a = std::get<FloatNetwork>(floats.network);
  const auto& b = std::get<IntNetwork>(integers.network);
  const auto int_macs = count_macs(b, infer_shapes(b, 1));
  for (const auto& [name, macs] : count_macs(a, infer_shapes(a, 1))) {
    if (macs > 0) {
      EXPECT_EQ(int_macs.at(name), macs) << name;
    }
  }
}

TEST(CountMacs, CountsProductsOfBatchMatmuls) {
  const auto macs = [](Shape shape, bool transpose_a, bool transpose_b) {
    const IntBatchMatmul op{.transpose_a = transpose_a, .transpose_b = transpose_b};
    const IntNetwork network = one_op(std::move(shape), {8, true}, op, kAccumulator, 2);
    return count_macs(network, infer_shapes(network, 3)).at("op");
  };
  EXPECT_EQ(macs({7, 4, 5}, false, true), 3 * 7 * (4 * 4) * 5);
  EXPECT_EQ(macs({7, 4, 5}, true, false), 3 * 7 * (5 * 5) * 4);
}

TEST(CountMacs, CountsProductsOfFloatIslands) {
  IntNetwork network = one_op({4, 4, 2}, {8, true},
                              FloatIsland{Conv2d{.params = {.window = {.kernel = {3, 3}}},
                                                 .weight = FloatTensor({3, 3, 2, 5}),
                                                 .bias = FloatTensor(Shape{5})}});
  network.nodes.push_back({.name = "flat", .inputs = {"op"}, .op = IntFlatten{}, .is_float = true});
  network.nodes.push_back({.name = "linear",
                           .inputs = {"flat"},
                           .op = FloatIsland{Linear{.weight = FloatTensor({20, 6}), .bias = {}}},
                           .is_float = true});
  network.nodes.push_back(
      {.name = "sum", .inputs = {"linear", "linear"}, .op = FloatIsland{Add{}}, .is_float = true});
  const auto macs = count_macs(network, infer_shapes(network, 2));
  EXPECT_EQ(macs.at("op"), 2 * (2 * 2 * 5) * (3 * 3 * 2));
  EXPECT_EQ(macs.at("linear"), 2 * 6 * 20);
  EXPECT_EQ(macs.at("sum"), 0);
  EXPECT_EQ(count_parameters(network), 3 * 3 * 2 * 5 + 5 + 20 * 6);
}

TEST(CountParameters, CountsConstantsOfToolsArithmetic) {
  EXPECT_EQ(
      count_parameters(one_op(
          {4}, {8, true}, Requantise{.dialect = Float32Scale{{1, 2, 3, 4}}, .bias = {1, 2, 3, 4}})),
      8);
  EXPECT_EQ(count_parameters(one_op({4}, {8, true}, Lookup{.table = IntTensor({256}, 1)})), 256);
  EXPECT_EQ(count_parameters(one_op({4}, {8, true}, FloatMulShift{.scale = {1, 2}, .bias = {3}})),
            3);
}

TEST(CountParameters, CountsWeightsBiasesAndConstants) {
  FloatNetwork network;
  network.nodes.push_back(
      {.name = "l",
       .inputs = {},
       .op = Linear{.weight = FloatTensor({3, 2}), .bias = FloatTensor(Shape{2})}});
  network.nodes.push_back({.name = "r", .inputs = {}, .op = Relu{}});
  EXPECT_EQ(count_parameters(network), 8);
}

TEST(ValueRange, IsSmallestAndLargest) {
  EXPECT_EQ(value_range(IntTensor({3}, {4, -7, 0})), (IntRange{-7, 4}));
  EXPECT_EQ(value_range(IntTensor(Shape{0})), (IntRange{0, 0}));
}

TEST(OpName, NamesEveryAlternative) {
  EXPECT_EQ(op_name(FloatOp(GlobalAvgPool{})), "global_avg_pool");
  EXPECT_EQ(op_name(IntOp(IntSumPool{})), "int_sum_pool");
  EXPECT_EQ(op_name(IntOp(MulShift{})), "mul_shift");
}

}  // namespace
}  // namespace systole
