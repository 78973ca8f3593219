// average_test.cpp: averages become sums and a requantisation.
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

Faithful pooled(const Window& window, std::int32_t zero_point) {
  Faithful network;
  network.input({6, 6, 3}, kInt8, zero_point)
      .add("y", {"x"}, RoundedAvgPool{.window = window, .clamp = {-128, 127}},
           {.zero_point = zero_point, .type = kInt8});
  return network;
}

// Of 4 pixels every fourth sum is a tie; 9 has no exact reciprocal.
TEST(LowerAverage, OfCodesIsEqualWithTiesAndAnyZeroPoint) {
  for (const std::int64_t size : {2, 3}) {
    for (const std::int32_t zero_point : {-128, -1, 0, 50}) {
      const Faithful network = pooled({.kernel = {size, size}, .stride = {size, size}}, zero_point);
      EXPECT_EQ(describe(network.lowered().network), "y.sum:int_sum_pool(x) y:mul_quant(y.sum)");
      EXPECT_EQ(differing(network.report()), 0) << size << ", zero point " << zero_point;
    }
  }
}

// Sums of 4: -10 / 4 = -2.5 -> -3 and 10 / 4 = 2.5 -> 3.
TEST(LowerAverage, SendsTiesAwayFromZeroOfTheRawMean) {
  const Lowered lowered = pooled({.kernel = {6, 6}, .stride = {6, 6}}, -128).lowered();
  IntTensor x({1, 6, 6, 3}, 0);
  for (std::int64_t i = 0; i < 18; ++i) x[3 * i] = 5, x[3 * i + 1] = -5;
  const AnyTensors got = run_integer(lowered.network, {{"x", x}});
  EXPECT_EQ(integers(got.at("y")).data, (std::vector<std::int32_t>{3, -3, 0}));
}

TEST(LowerAverage, WithAVaryingNumberOfPixelsHasOneScalePerNumberOnTheHost) {
  const Faithful network = pooled({.kernel = {3, 3}, .padding = {1, 1, 1, 1}}, -7);
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "y:avg_pool(x)");
  std::vector<int> counts;
  for (const auto& [count, quant] :
       std::get<IntAvgPool>(lowered.network.nodes[0].op).quant_by_count)
    counts.push_back(count);
  EXPECT_EQ(counts, (std::vector<int>{4, 6, 9}));
  ASSERT_EQ(lowered.kept.size(), 1);
  EXPECT_NE(lowered.kept[0].reason.find("pixels"), std::string::npos);
  const AnyTensors inputs = network.samples();
  EXPECT_EQ(run_integer(network.network, inputs), run_integer(lowered.network, inputs));
}

// TFLite's MEAN: sums of x - zero point, then gemmlowp with the count inside the factor.
TEST(LowerAverage, OfAMeanTakesItsSumsAndRequantisation) {
  Faithful network;
  network.input({4, 4, 2}, kInt8, -20)
      .add("sum", {"x"}, IntSumPool{{.kernel = {4, 4}}, -20})
      .add("y", {"sum"},
           Requantise{.dialect = Gemmlowp{{quantized_multiplier(0.9 / 16)}},
                      .zero_point = 4,
                      .clamp = {-128, 127}},
           {.zero_point = 4, .type = kInt8});
  EXPECT_EQ(describe(network.lowered().network), "sum:int_sum_pool(x) y:mul_quant(sum)");
  expect_within(network.report(), 1);
}

TEST(LowerAverage, OfRealsSumsAStreamAndGivesTheNextQuantizersCodes) {
  Faithful network;
  network.input({4, 4, 2}, kInt8)
      .real("scaled", {"x"}, FloatMulShift{{3}, {0}, 6})
      .real("relu", {"scaled"}, FloatIsland{Relu{}})
      .real("mean", {"relu"}, FloatIsland{AvgPool{.window = {.kernel = {2, 2}, .stride = {2, 2}}}})
      .real("flat", {"mean"}, IntFlatten{})
      .quantizer("y", "flat", 40.0F);
  EXPECT_EQ(describe(network.lowered().network),
            "relu:mul_quant(x) mean.sum:int_sum_pool(relu) mean:mul_quant(mean.sum) "
            "y:flatten(mean)");
  expect_within(network.report(), 1);
  const Lowered narrow = network.lowered({.stream_bits = 8});
  EXPECT_EQ(find_node(narrow.network, "relu").output.type, (IntType{8, false}));
  expect_within(network.report({.stream_bits = 8}), 1);
}

TEST(LowerAverage, OfRealsCountsPaddingWhereTheOpSaysSo) {
  for (const bool count_include_pad : {false, true}) {
    Faithful network;
    const AvgPool op{.window = {.kernel = {2, 2}, .padding = {1, 1, 1, 1}},
                     .count_include_pad = count_include_pad};
    network.input({3, 3, 2}, kInt8)
        .real("scaled", {"x"}, FloatMulShift{{3}, {0}, 6})
        .real("mean", {"scaled"}, FloatIsland{op})
        .quantizer("y", "mean", 40.0F, 100);
    EXPECT_EQ(describe(network.lowered().network),
              count_include_pad
                  ? "scaled:mul_quant(x) y.sum:int_sum_pool(scaled) y:mul_quant(y.sum)"
                  : "scaled:mul_quant(x) y:avg_pool(scaled)");
    const Lowered lowered = network.lowered();
    const AnyTensors inputs = network.samples();
    const IntTensor expected = integers(run_integer(network.network, inputs).at("y"));
    const IntTensor got = integers(run_integer(lowered.network, inputs).at("y"));
    for (std::int64_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1) << i;
  }
}

}  // namespace
}  // namespace systole
