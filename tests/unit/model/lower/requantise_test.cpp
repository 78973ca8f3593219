// requantise_test.cpp: every dialect becomes one multiplication and one rounding.
#include <cmath>

#include "model/lower/lowering.h"
#include "tests/unit/model/lower/networks.h"

namespace systole {
namespace {

/// 64 inputs into 3 channels of sums up to about 2^19, requantised.
Faithful dense(const Dialect& dialect) {
  Faithful network;
  network.input({64}, kInt8)
      .add("fc", {"x"}, IntMatmul{.weight = random_codes({64, 3}, -127, 127, 4)})
      .add("y", {"fc"},
           Requantise{
               .dialect = dialect, .bias = {11, -500, 0}, .zero_point = 9, .clamp = {-128, 127}},
           {.zero_point = 9, .type = kInt8});
  return network;
}

const std::vector<double> kFactors = {0.00123, 0.0004567, 0.00789};

TEST(LowerRequantise, OfDoubleAndFloat32IsEqualWithoutTies) {
  EXPECT_EQ(differing(dense(DoubleScale{kFactors, Rounding::kHalfAway}).report()), 0);
  const std::vector<float> floats(kFactors.begin(), kFactors.end());
  EXPECT_EQ(differing(dense(Float32Scale{floats}).report()), 0);
}

TEST(LowerRequantise, OfTwoRoundingsIsWithinOne) {
  std::vector<QuantizedMultiplier> factors;
  for (const double factor : kFactors) factors.push_back(quantized_multiplier(factor));
  for (const Dialect& dialect : {Dialect(Gemmlowp{factors}), Dialect(Ruy{factors})}) {
    const LowerReport report = dense(dialect).report();
    expect_within(report, 1);
    EXPECT_EQ(report.ops[1].from.substr(0, 12), "requantise (");
    EXPECT_LT(*report.ops[1].scale_error, 1e-9);
  }
}

TEST(LowerRequantise, HoldsTheToolsMultiplierExactly) {
  const QuantizedMultiplier factor = quantized_multiplier(0.00123);
  const MulQuant quant = quant_of(dense(Gemmlowp{{factor}}).lowered(), "y");
  for (const MulQuantChannel& channel : quant.channels)
    EXPECT_EQ(std::ldexp(channel.scale, -channel.shift),
              std::ldexp(factor.multiplier, factor.shift - 31));
}

// Sums of -3 .. 3 halved: the ties -1.5, -0.5, 0.5, 1.5 go where the dialect's last rounding sends
// them.
TEST(LowerRequantise, SendsTiesWhereTheDialectDoes) {
  const QuantizedMultiplier half = quantized_multiplier(0.5);
  const struct {
    Dialect dialect;
    std::vector<std::int32_t> expected;
  } cases[] = {{DoubleScale{{0.5}, Rounding::kHalfEven}, {-2, -1, 0, 0, 0, 1, 2}},
               {DoubleScale{{0.5}, Rounding::kHalfAway}, {-2, -1, -1, 0, 1, 1, 2}},
               {Float32Scale{{0.5F}}, {-2, -1, 0, 0, 0, 1, 2}},
               {Gemmlowp{{half}}, {-2, -1, -1, 0, 1, 1, 2}},
               {Ruy{{half}}, {-1, -1, 0, 0, 1, 1, 2}}};
  for (const auto& [dialect, expected] : cases) {
    Faithful network;
    network.input({7}, {.bits = 3})
        .add("y", {"x"}, Requantise{.dialect = dialect, .clamp = {-128, 127}}, {.type = kInt8});
    const AnyTensors inputs = {{"x", IntTensor({1, 7}, {-3, -2, -1, 0, 1, 2, 3})}};
    const AnyTensors got = run_integer(network.lowered().network, inputs);
    EXPECT_EQ(integers(got.at("y")).data, expected) << kDialectNames[dialect.index()];
  }
}

// RELU6 of codes with another scale: (x + 10) / 2 - 20, codes of 0 and 6 at -20 and 28.
TEST(LowerRequantise, OfCodesIsAStreamWithTheClampOfTheActivation) {
  Faithful network;
  network.input({40}, kInt8, -10)
      .add("y", {"x"},
           Requantise{.dialect = Gemmlowp{{quantized_multiplier(0.5)}},
                      .input_zero_point = -10,
                      .zero_point = -20,
                      .clamp = {-20, 28}},
           {.zero_point = -20, .type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "y:mul_quant(x)");
  const MulQuant quant = quant_of(lowered, "y");
  EXPECT_EQ(quant.clamp, (IntRange{-20, 28}));
  EXPECT_EQ(quant.channels[0].bias, 10 * std::int64_t{quant.channels[0].scale});
  expect_within(network.report(), 1);
}

TEST(LowerRequantise, OfGemmlowpStaysOnDemandWithTheZeroPointInItsBias) {
  Faithful network;
  const Requantise op{
      .dialect = Gemmlowp{{quantized_multiplier(0.01)}}, .bias = {7}, .clamp = {-128, 127}};
  network.input({1}, kInt8, 5)
      .add("fc", {"x"}, IntMatmul{.weight = IntTensor({1, 2}, {3, -2}), .input_zero_point = 5})
      .add("y", {"fc"}, op, {.type = kInt8})
      .add("z", {"y"}, Requantise{.dialect = Float32Scale{{0.5F}}, .clamp = {-128, 127}},
           {.type = kInt8});
  const Lowered lowered = network.lowered({.scale = {.keep_gemmlowp = true}});
  EXPECT_EQ(describe(lowered.network), "fc.raw:int_matmul(x) y:requantise(fc.raw) z:mul_quant(y)");
  EXPECT_EQ(std::get<Requantise>(lowered.network.nodes[1].op).bias,
            (std::vector<std::int32_t>{7 - 15, 7 + 10}));
  EXPECT_TRUE(lowered.kept.empty());  // Lanes can be built for it.
  EXPECT_EQ(differing(network.report({.scale = {.keep_gemmlowp = true}})), 0);
}

// 2 a - b / 2 in units of y: zero points 3 and -4.
TEST(LowerRequantiseAdd, OfXnnpackIsEqual) {
  Faithful network;
  const RequantiseAdd op{.rule = FixedAdd{2 << 18, 1 << 17, 18},
                         .zero_point_a = 3,
                         .zero_point_b = -4,
                         .subtract = true,
                         .zero_point = 1,
                         .clamp = {-100, 100}};
  network.input({50}, kInt8, 3)
      .add("b", {"x"}, IntClamp{{-80, 90}}, {.type = kInt8})
      .add("y", {"x", "b"}, op, {.zero_point = 1, .type = kInt8});
  const Lowered lowered = network.lowered();
  EXPECT_EQ(describe(lowered.network), "b:clamp(x) y:add(x,b)");
  EXPECT_EQ(differing(network.report()), 0);
  const AnyTensors got = run_integer(lowered.network, {{"x", IntTensor({1, 50}, 10)}});
  EXPECT_EQ(integers(got.at("y"))[0], 14 - 7 + 1);
}

TEST(LowerRequantiseAdd, OfGemmlowpIsWithinOne) {
  Faithful network;
  const RequantiseAdd op{.rule = GemmlowpAdd{quantized_multiplier(0.5), quantized_multiplier(0.31),
                                             quantized_multiplier(2 * 0.7 / 1048576)},
                         .zero_point_a = 3,
                         .zero_point_b = -4,
                         .zero_point = 1,
                         .clamp = {-128, 127}};
  network.input({5000}, kInt8, 3)
      .add("b", {"x"}, IntClamp{{-80, 90}}, {.type = kInt8})
      .add("y", {"x", "b"}, op, {.zero_point = 1, .type = kInt8});
  const LowerReport report = network.report();
  expect_within(report, 1);
  EXPECT_EQ(report.ops[0].compared, 16 * 5000);
  EXPECT_EQ(describe(network.lowered({.scale = {.keep_gemmlowp = true}}).network),
            "b:clamp(x) y:requantise_add(x,b)");
}

TEST(LowerRequantise, NamesTheOpAndChannelThatNoIntegersHold) {
  Faithful network = dense(DoubleScale{{0.001, 1e12, 0.001}, Rounding::kHalfEven});
  try {
    network.lowered();
    ADD_FAILURE() << "no InputError";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("y"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("channel 1"), std::string::npos);
  }
}

TEST(LowerRequantise, OfAResidualIsTheLanesResidual) {
  Faithful network;
  network.input({6}, kInt8)
      .add("fc", {"x"}, IntMatmul{.weight = random_codes({6, 6}, -128, 127, 4)})
      .add("y", {"fc", "x"},
           Requantise{.dialect = DoubleScale{{0.003}, Rounding::kHalfEven, {0.4, -1, 0, 2, 3, 4}},
                      .bias = {10, -20, 30, 0, 1, 2},
                      .zero_point = 5,
                      .clamp = {5, 127},
                      .residual = DoubleResidual{.factors = {0.7}, .zero_point = -3}},
           {.zero_point = 5, .type = kInt8});
  EXPECT_EQ(describe(network.lowered().network), "fc:int_matmul(x) y:mul_quant(fc,x)");
  const LowerReport report = network.report();
  EXPECT_EQ(report.compared(), 2 * 16 * 6);
  EXPECT_EQ(differing(report), 0);
}

}  // namespace
}  // namespace systole
