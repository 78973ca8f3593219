// gemmlowp_test.cpp: the two roundings of rtl/mul_quant.sv against model/ops/requantise/gemmlowp.h.
#include "model/ops/requantise/gemmlowp.h"

#include <random>
#include <vector>

#include "VMulQuantGemmlowp.h"
#include "model/ops/requantise/requantise.h"
#include "tests/rtl/lanes.h"

namespace systole::test {
namespace {

constexpr int kCols = 8;
constexpr int kTwoRoundings = 4;
constexpr IntRange kWidest = {-65536, 65535};

/// One channel's constants as the lanes take them.
MulQuantChannel channel_of(const QuantizedMultiplier& factor, std::int32_t bias) {
  return {factor.multiplier, bias, std::max(-factor.shift, 0), 0, std::max(factor.shift, 0)};
}

struct GemmlowpRtl : ::testing::Test {
  Lanes<VMulQuantGemmlowp, kCols, 32> lanes;

  /// The codes of one lane, without a zero point or a clamp that matters.
  std::vector<std::int32_t> codes(const QuantizedMultiplier& factor, std::int32_t bias,
                                  const std::vector<std::int32_t>& accs) {
    lanes.load_all({channel_of(factor, bias)}, quant_bits(kTwoRoundings, false, 0, kWidest, false));
    std::vector<std::int32_t> codes;
    for (const std::int32_t acc : accs) {
      lanes.operand(0, acc, -1);
      for (int i = 0; i < kLatency; ++i) lanes.dut.tick();
      codes.push_back(lanes.code(0));
    }
    return codes;
  }

  /// Lane c has factor c and bias c.
  void expect_op(const Requantise& op, const std::vector<std::int32_t>& accs) {
    const auto& factors = std::get<Gemmlowp>(op.dialect).factors;
    std::vector<MulQuantChannel> channels;
    for (int c = 0; c < kCols; ++c) channels.push_back(channel_of(factors[c], op.bias[c]));
    lanes.load_all(channels, quant_bits(kTwoRoundings, false, op.zero_point, op.clamp, false));
    const auto expected = [&](int lane, std::int32_t acc, std::int32_t) {
      Requantise one = op;
      one.dialect = Gemmlowp{{factors[lane]}};
      one.bias = {op.bias[lane]};
      return requantise(IntTensor({1, 1}, acc), one)[0];
    };
    lanes.expect_codes(expected, accs, {-65536});
  }
};

using Codes = std::vector<std::int32_t>;
constexpr std::int32_t kHalf = 1 << 30;  // A multiplier of 1/2.

TEST_F(GemmlowpRtl, TheFirstRoundingSendsTiesUp) {
  EXPECT_EQ(codes({kHalf, 0}, 0, {-3, -2, -1, 0, 1, 2, 3}), (Codes{-1, -1, 0, 0, 1, 1, 2}));
}

// A quarter: 1 becomes 1/2, rounded to 1; then 1/2 again, rounded to 1.
TEST_F(GemmlowpRtl, TheSecondRoundingSendsTiesAwayFromZero) {
  EXPECT_EQ(codes({kHalf, -1}, 0, {-6, -5, -3, -2, -1, 0, 1, 2, 5, 6}),
            (Codes{-2, -1, -1, -1, 0, 0, 1, 1, 2, 2}));
}

TEST_F(GemmlowpRtl, ShiftsToTheLeftBeforeTheMultiplication) {
  EXPECT_EQ(codes({kHalf, 3}, 0, {-3, -1, 1, 3}), (Codes{-12, -4, 4, 12}));
  EXPECT_EQ(codes({kHalf | 1, 30}, 0, {0, 1}), (Codes{0, 65535}));
}

TEST_F(GemmlowpRtl, AddsTheBiasBeforeTheMultiplication) {
  EXPECT_EQ(codes({kHalf, -1}, 3, {-3, -2, 2, 3}), (Codes{0, 1, 2, 2}));
}

TEST_F(GemmlowpRtl, IsTheOpAtTheEndsOfTheAccumulatorForEveryShift) {
  const Codes accs = {INT32_MIN, INT32_MIN + 1, -kHalf, -65536,  -1,       0,
                      1,         65535,         kHalf,  1 << 20, INT32_MAX};
  for (int shift = -31; shift <= 30; ++shift) {
    Requantise op{.dialect = Gemmlowp{{{kHalf, shift},
                                       {INT32_MAX, shift},
                                       {kHalf + 1, shift},
                                       {0x5a82799a, shift},
                                       {0, 0},
                                       {INT32_MAX, 0},
                                       {INT32_MAX, -31},
                                       {INT32_MIN, shift}}},  // Saturates.
                  .bias = {0, 0, 1, -1, 7, INT32_MAX, INT32_MIN, 0},
                  .zero_point = -128,
                  .clamp = kWidest};
    expect_op(op, accs);
    if (HasFatalFailure()) FAIL() << "shift " << shift;
  }
}

TEST_F(GemmlowpRtl, IsTheOpForRandomConstants) {
  std::mt19937_64 random(5);
  const auto between = [&](std::int64_t lo, std::int64_t hi) {
    return static_cast<std::int32_t>(std::uniform_int_distribution<std::int64_t>(lo, hi)(random));
  };
  for (int round = 0; round < 200; ++round) {
    Gemmlowp dialect;
    Requantise op{.bias = {}, .zero_point = between(-128, 255), .clamp = {-128, 255}};
    for (int c = 0; c < kCols; ++c) {
      dialect.factors.push_back({between(kHalf, INT32_MAX), between(-31, 6)});
      op.bias.push_back(between(-100000, 100000));
    }
    op.dialect = dialect;
    Codes accs;
    for (int i = 0; i < 100; ++i) accs.push_back(between(INT32_MIN / 2, INT32_MAX / 2) >> (i % 24));
    expect_op(op, accs);
    if (HasFatalFailure()) FAIL() << "round " << round << " of seed 5";
  }
}

// Lanes change from one arithmetic to the other while rows of the one before are in flight.
TEST_F(GemmlowpRtl, RoundsOnceWhereTheCommandSaysSo) {
  const MulQuant once{.channels = {{3, 1, 1, 0, 0}}, .clamp = kWidest};
  for (int i = 0; i < 2; ++i) {
    lanes.expect_codes(once, false, {-3, -1, 0, 1, 3, 1 << 20}, {1});
    EXPECT_EQ(codes({kHalf, -1}, 3, {-3, -2, 2, 3}), (Codes{0, 1, 2, 2}));
  }
}

}  // namespace
}  // namespace systole::test
