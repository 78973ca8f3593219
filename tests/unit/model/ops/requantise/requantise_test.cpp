// requantise_test.cpp: accumulators to codes in every dialect.
#include "model/ops/requantise/requantise.h"

#include <gtest/gtest.h>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

const QuantizedMultiplier kHalf{1 << 30, 0};
const QuantizedMultiplier kQuarter{1 << 30, -1};

IntTensor column(std::vector<std::int32_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{count, 1}, std::move(values)};
}

TEST(Requantise, RoundsAsItsDialectDoes) {
  const IntTensor x = column({-6, -5, -2, 2, 5, 6});  // Quarters: -1.5 -1.25 -0.5 0.5 1.25 1.5
  const auto codes = [&](const Dialect& dialect) {
    return requantise(x, {.dialect = dialect, .clamp = {-128, 127}}).data;
  };
  EXPECT_EQ(codes(Gemmlowp{{kQuarter}}), (std::vector<std::int32_t>{-2, -1, -1, 1, 2, 2}));
  EXPECT_EQ(codes(Ruy{{kQuarter}}), (std::vector<std::int32_t>{-1, -1, 0, 1, 2, 2}));
  EXPECT_EQ(codes(Float32Scale{{0.25F}}), (std::vector<std::int32_t>{-2, -1, 0, 0, 1, 2}));
  EXPECT_EQ(codes(DoubleScale{{0.25}, Rounding::kHalfAway}),
            (std::vector<std::int32_t>{-2, -1, -1, 1, 1, 2}));
  EXPECT_EQ(codes(DoubleScale{{0.25}, Rounding::kHalfEven}),
            (std::vector<std::int32_t>{-2, -1, 0, 0, 1, 2}));
}

TEST(Requantise, AddsTheBiasLessTheInputZeroPointBeforeItScales) {
  Requantise op{.dialect = Gemmlowp{{kHalf}}, .bias = {10}, .clamp = {-128, 127}};
  op.input_zero_point = 4;
  EXPECT_EQ(requantise(column({0, 2, -6}), op), column({3, 4, 0}));
}

TEST(Requantise, AddsTheZeroPointAfterTheRoundingAndClampsLast) {
  Requantise op{.dialect = Float32Scale{{1}}, .zero_point = 100, .clamp = {0, 255}};
  EXPECT_EQ(requantise(column({-101, -100, 0, 155, 156}), op), column({0, 0, 100, 255, 255}));
  op.zero_point = -128;
  op.clamp = {-128, 127};
  EXPECT_EQ(requantise(column({-1, 0, 255, 256}), op), column({-128, -128, 127, 127}));
}

TEST(Requantise, ClampsExtremesWithoutOverflow) {
  Requantise op{.dialect = DoubleScale{{1.0}}, .zero_point = 127, .clamp = {-128, 127}};
  EXPECT_EQ(requantise(column({INT32_MAX, INT32_MIN}), op), column({127, -128}));
  op.zero_point = -128;
  EXPECT_EQ(requantise(column({INT32_MAX, INT32_MIN}), op), column({127, -128}));
}

TEST(Requantise, TakesOneConstantForAllChannelsOrOneEach) {
  const IntTensor x({2, 2}, std::vector<std::int32_t>{8, 8, -8, -8});
  Requantise op{.dialect = Gemmlowp{{kHalf, kQuarter}}, .clamp = {-128, 127}};
  EXPECT_EQ(requantise(x, op).data, (std::vector<std::int32_t>{4, 2, -4, -2}));
  op.bias = {0, 40};
  EXPECT_EQ(requantise(x, op).data, (std::vector<std::int32_t>{4, 12, -4, 8}));
  op.dialect = Ruy{{kHalf}};
  EXPECT_EQ(requantise(x, op).data, (std::vector<std::int32_t>{4, 24, -4, 16}));
  op.bias = {2};
  EXPECT_EQ(requantise(x, op).data, (std::vector<std::int32_t>{5, 5, -3, -3}));
}

TEST(Requantise, CountsTheFactorsOfItsDialect) {
  EXPECT_EQ(factor_count(Gemmlowp{{kHalf, kHalf}}), 2U);
  EXPECT_EQ(factor_count(Ruy{{kHalf}}), 1U);
  EXPECT_EQ(factor_count(Float32Scale{{1, 1, 1}}), 3U);
  EXPECT_EQ(factor_count(DoubleScale{}), 0U);
}

TEST(Requantise, HasANameForEveryDialect) {
  static_assert(std::variant_size_v<Dialect> == kDialectNames.size());
  EXPECT_EQ(kDialectNames[Dialect(Ruy{}).index()], "ruy");
  EXPECT_EQ(kDialectNames[Dialect(DoubleScale{}).index()], "double");
}

TEST(Requantise, TakesEveryElementOfATensor) {
  constexpr std::uint32_t kSeed = 35;
  Random random(kSeed);
  const IntTensor x = random.ints({2, 3, 5, 19}, -100'000, 100'000);
  Requantise op{.input_zero_point = 3, .zero_point = -5, .clamp = {-100, 99}};
  Gemmlowp dialect;
  for (int c = 0; c < 19; ++c) {
    dialect.factors.push_back(quantized_multiplier(0.0001 * (c + 1)));
    op.bias.push_back(static_cast<std::int32_t>(random.integer(-9999, 9999)));
  }
  op.dialect = dialect;
  const IntTensor codes = requantise(x, op);
  ASSERT_EQ(codes.shape, x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const auto c = static_cast<std::size_t>(i % 19);
    const std::int32_t code = gemmlowp(x[i] - 3 + op.bias[c], dialect.factors[c]) - 5;
    ASSERT_EQ(codes[i], std::min(99, std::max(-100, code))) << i << ", seed " << kSeed;
  }
}

TEST(Requantise, DoubleAddsItsOffsetBeforeItRounds) {
  Requantise op{.dialect = DoubleScale{{0.5}, Rounding::kHalfEven, {0.5, -0.25}},
                .clamp = {-128, 127}};
  // 1.5 + 0.5 = 2 and 1.5 - 0.25 = 1.25, which would be 2.5 and 1.75 had 1.5 been rounded first.
  EXPECT_EQ(requantise(IntTensor({1, 2}, {3, 3}), op), IntTensor({1, 2}, {2, 1}));
  std::get<DoubleScale>(op.dialect).offsets = {0.5};  // One for all: 2 and 2.
  EXPECT_EQ(requantise(IntTensor({1, 2}, {3, 3}), op), IntTensor({1, 2}, {2, 2}));
}

TEST(Requantise, DoubleAddsAResidualBeforeItRounds) {
  const Requantise op{.dialect = DoubleScale{{0.5, 0.25}, Rounding::kHalfEven, {0.25}},
                      .bias = {1},
                      .zero_point = 3,
                      .clamp = {0, 255},
                      .residual = DoubleResidual{.factors = {0.25}, .zero_point = 10}};
  // (4 + 1) / 2 + 1/4 + (15 - 10) / 4 = 4 and (4 + 1) / 4 + 1/4 + (7 - 10) / 4 = 3/4, to 1.
  const IntTensor residual({1, 2}, {15, 7});
  EXPECT_EQ(requantise(IntTensor({1, 2}, {4, 4}), op, &residual), IntTensor({1, 2}, {7, 4}));
}

TEST(Requantise, TakesFactorAndOffsetPerTokenInDouble) {
  // [n 2, tokens 2, channels 2]: 2.5 and 3.5 go to even.
  Requantise op{.dialect = DoubleScale{{0.5, 2}, Rounding::kHalfEven, {0, 0, 1, -1}, 2},
                .clamp = {-128, 127}};
  EXPECT_EQ(requantise(IntTensor({2, 2, 2}, {5, 7, 5, 7, 1, 2, 1, 2}), op),
            IntTensor({2, 2, 2}, {2, 4, 11, 13, 0, 1, 3, 3}));
  op.dialect = DoubleScale{{1, 2, 3, 4}, Rounding::kHalfEven, {}, 2};
  EXPECT_EQ(requantise(IntTensor({1, 4, 2}, 1), op),
            IntTensor({1, 4, 2}, {1, 2, 3, 4, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace systole
