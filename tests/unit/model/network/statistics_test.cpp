// statistics_test.cpp: multiply-accumulates and parameters counted by hand.
#include "model/network/statistics.h"

#include <gtest/gtest.h>

#include "model/network/op_name.h"
#include "tests/fixtures/tiny_float.h"

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
