// fixed_test.cpp: integer scale, bias and one rounding.
#include "model/ops/requantise/fixed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/unit/model/ops/random.h"

namespace systole {
namespace {

__extension__ using Wide = __int128;

MulQuant with(const MulQuantChannel& channel, const IntRange& clamp) {
  MulQuant op;
  op.channels = {channel};
  op.clamp = clamp;
  return op;
}

std::int32_t apply(std::int32_t acc, const MulQuant& op, std::int32_t residual = 0) {
  return mul_quant(acc, residual, op.channels[0], op);
}

TEST(MulQuant, ScalesAddsAndRounds) {
  const MulQuant op = with({.scale = 3, .bias = 5, .shift = 2}, {-128, 127});
  EXPECT_EQ(apply(0, op), 1);    //  5 / 4 = 1.25
  EXPECT_EQ(apply(3, op), 4);    // 14 / 4 = 3.5, to even
  EXPECT_EQ(apply(-5, op), -2);  // -10 / 4 = -2.5, to even
}

TEST(MulQuant, ClampsAtBothEnds) {
  const MulQuant op = with({.scale = 1}, {-3, 5});
  EXPECT_EQ(apply(5, op), 5);
  EXPECT_EQ(apply(6, op), 5);
  EXPECT_EQ(apply(-3, op), -3);
  EXPECT_EQ(apply(-4, op), -3);
  EXPECT_EQ(apply(INT32_MAX, op), 5);
  EXPECT_EQ(apply(INT32_MIN, op), -3);
}

TEST(MulQuant, KeepsTheZeroPointInTheAffineForm) {
  MulQuant op = with({.scale = 1}, {0, 255});
  op.zero_point = 100;
  EXPECT_EQ(apply(0, op), 100);
  EXPECT_EQ(apply(-100, op), 0);
  EXPECT_EQ(apply(-101, op), 0);
  EXPECT_EQ(apply(156, op), 255);
}

TEST(MulQuant, TakesTheZeroPointOffAndClampsTwice) {
  MulQuant op = with({.scale = 1}, {0, 255});
  op.zero_point = 100;
  op.zero_point_form = ZeroPointForm::kSubtract;
  EXPECT_EQ(apply(7, op), 7);
  EXPECT_EQ(apply(-7, op), 0);     // 93 - 100 = -7, below lo
  EXPECT_EQ(apply(200, op), 155);  // 300 is clamped to 255 first
  op.zero_point = -100;
  EXPECT_EQ(apply(50, op), 100);  // -50 is clamped to 0 first
  EXPECT_EQ(apply(255, op), 255);
}

TEST(MulQuant, FormsAgreeWithoutZeroPoint) {
  MulQuant op = with({.scale = 7, .bias = -3, .shift = 3}, {-8, 7});
  for (std::int32_t acc = -20; acc <= 20; ++acc) {
    op.zero_point_form = ZeroPointForm::kKeep;
    const std::int32_t kept = apply(acc, op);
    op.zero_point_form = ZeroPointForm::kSubtract;
    EXPECT_EQ(apply(acc, op), kept);
  }
}

TEST(MulQuant, AddsTheResidualAtItsOwnBinaryPoint) {
  const MulQuant op = with(
      {.scale = 1, .bias = 0, .shift = 4, .residual_scale = 3, .residual_shift = 2}, {-99, 99});
  EXPECT_EQ(apply(0, op, 4), 3);     // 4 * 3 * 4 / 16
  EXPECT_EQ(apply(16, op, -4), -2);  // 1 - 3
}

TEST(MulQuant, HoldsTheExtremesOfItsContract) {
  const MulQuantChannel largest{
      .scale = INT32_MAX, .bias = (std::int64_t{1} << 61) - 1, .shift = 62};
  const MulQuant op = with(largest, {-65536, 65535});
  const std::int32_t acc = 1 << 30;  // acc * s + b is just below 2^62.
  EXPECT_EQ(apply(acc, op), 1);
  EXPECT_EQ(apply(-acc, op), 0);
  EXPECT_EQ(apply(INT32_MIN, with({.scale = INT32_MAX, .shift = 31}, {INT32_MIN, 0})), -INT32_MAX);
}

/// acc * s + b + (r * s_r) * 2^g, divided by 2^f bit by bit, rounded by comparing twice the
/// remainder.
std::int64_t by_long_division(const std::array<Wide, 7>& n, Rounding mode) {
  const auto [acc, s, b, r, s_r, g, f] = n;
  const Wide sum = acc * s + b + r * s_r * (Wide{1} << static_cast<int>(g));
  const Wide divisor = Wide{1} << static_cast<int>(f);
  const Wide size = sum < 0 ? -sum : sum;
  Wide quotient = 0;
  Wide remainder = 0;
  for (int bit = 126; bit >= 0; --bit) {
    remainder = 2 * remainder + (size >> bit & 1);
    quotient *= 2;
    if (remainder >= divisor) {
      remainder -= divisor;
      ++quotient;
    }
  }
  // `quotient` is truncated toward zero; say whether the rounded size is one more.
  const bool is_negative = sum < 0;
  const bool is_tie = 2 * remainder == divisor;
  bool is_more = 2 * remainder > divisor;
  if (mode == Rounding::kHalfEven) is_more |= is_tie && quotient % 2 != 0;
  if (mode == Rounding::kHalfUp) is_more |= is_tie && !is_negative;
  if (mode == Rounding::kHalfAway) is_more |= is_tie;
  if (mode == Rounding::kFloor) is_more = is_negative && remainder != 0;
  const Wide rounded = quotient + (is_more ? 1 : 0);
  return static_cast<std::int64_t>(is_negative ? -rounded : rounded);
}

std::int64_t limited(std::int64_t value, const IntRange& range) {
  if (value < range.lo) return range.lo;
  return value > range.hi ? range.hi : value;
}

std::int64_t expected(std::int32_t acc, std::int32_t r, const MulQuantChannel& c,
                      const MulQuant& op) {
  const std::int64_t rounded = by_long_division(
      {acc, c.scale, c.bias, r, c.residual_scale, c.residual_shift, c.shift}, op.rounding);
  const std::int64_t kept = limited(rounded + op.zero_point, op.clamp);
  return op.zero_point_form == ZeroPointForm::kKeep ? kept
                                                    : limited(kept - op.zero_point, op.clamp);
}

TEST(MulQuant, AgreesWithLongDivisionOnAllSmallNumbers) {
  for (int mode = 0; mode < 4; ++mode)
    for (int form = 0; form < 2; ++form)
      for (std::int32_t zero_point = -2; zero_point <= 2; ++zero_point)
        for (int shift = 0; shift <= 3; ++shift)
          for (std::int32_t scale = -3; scale <= 3; ++scale)
            for (std::int64_t bias = -3; bias <= 3; ++bias) {
              MulQuant op = with({.scale = scale, .bias = bias, .shift = shift}, {-4, 3});
              op.rounding = static_cast<Rounding>(mode);
              op.zero_point = zero_point;
              op.zero_point_form = static_cast<ZeroPointForm>(form);
              for (std::int32_t acc = -8; acc <= 8; ++acc)
                ASSERT_EQ(apply(acc, op), expected(acc, 0, op.channels[0], op))
                    << acc << " * " << scale << " + " << bias << " >> " << shift;
            }
}

TEST(MulQuant, AgreesWithLongDivisionOnRandomNumbers) {
  constexpr std::uint32_t kSeed = 2;
  Random random(kSeed);
  for (int i = 0; i < 20'000; ++i) {
    // |acc * s| < 2^60, |b| < 2^60, |r * s_r| * 2^g < 2^60: together below 2^62.
    MulQuantChannel channel;
    channel.scale = static_cast<std::int32_t>(random.integer(-(1 << 29), 1 << 29));
    channel.bias =
        random.integer(-(std::int64_t{1} << 60), std::int64_t{1} << 60) >> random.integer(0, 60);
    channel.shift = static_cast<int>(random.integer(0, 62));
    channel.residual_scale = static_cast<std::int32_t>(random.integer(-32768, 32767));
    channel.residual_shift = static_cast<int>(random.integer(0, std::min(channel.shift, 28)));
    MulQuant op = with(channel, {random.integer(-65536, -1), random.integer(0, 65535)});
    op.rounding = static_cast<Rounding>(random.integer(0, 3));
    op.zero_point = static_cast<std::int32_t>(random.integer(-65536, 65535));
    op.zero_point_form = static_cast<ZeroPointForm>(random.integer(0, 1));
    const auto acc = static_cast<std::int32_t>(random.integer(INT32_MIN, INT32_MAX));
    const auto residual = static_cast<std::int32_t>(random.integer(-65536, 65535));
    ASSERT_EQ(mul_quant(acc, residual, channel, op), expected(acc, residual, channel, op))
        << "number " << i << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace systole
