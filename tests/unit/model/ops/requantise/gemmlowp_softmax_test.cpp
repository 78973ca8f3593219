// gemmlowp_softmax_test.cpp: softmax in 32-bit fixed point.
#include "model/ops/requantise/gemmlowp_softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/ops/requantise/rational.h"

namespace systole {
namespace {

/// TFLite's int8 kernel for codes of step `scale`; differences of 31 and more count as 0.
GemmlowpSoftmax with_scale(double scale) {
  GemmlowpSoftmax op{.beta = quantized_multiplier(scale * 0x1p26)};
  op.diff_min = -static_cast<int>(31 / scale);
  op.zero_point = -128;
  op.clamp = {-128, 127};
  return op;
}

IntTensor row(std::vector<std::int32_t> codes) {
  const auto count = static_cast<std::int64_t>(codes.size());
  return {{1, count}, std::move(codes)};
}

TEST(GemmlowpSoftmax, SharesEquallyBetweenEqualCodes) {
  const GemmlowpSoftmax op = with_scale(0.125);
  EXPECT_EQ(gemmlowp_softmax(row({5, 5}), op), row({0, 0}));  // 128 / 256
  EXPECT_EQ(gemmlowp_softmax(row({-9, -9, -9, -9}), op), row({-64, -64, -64, -64}));
  EXPECT_EQ(gemmlowp_softmax(row({0, 0, 0}), op), row({-43, -43, -43}));  // 85.33
}

TEST(GemmlowpSoftmax, ClampsTheShareOfOne) {
  GemmlowpSoftmax op = with_scale(0.125);
  EXPECT_EQ(gemmlowp_softmax(row({77}), op), row({127}));  // 256 - 128
  op.zero_point = 0;
  op.clamp = {0, 255};
  EXPECT_EQ(gemmlowp_softmax(row({77}), op), row({255}));
  EXPECT_EQ(gemmlowp_softmax(row({127, -128}), op), row({255, 0}));
}

TEST(GemmlowpSoftmax, DependsOnDifferencesOnly) {
  const GemmlowpSoftmax op = with_scale(0.0625);
  EXPECT_EQ(gemmlowp_softmax(row({10, 0, -7}), op), gemmlowp_softmax(row({-100, -110, -117}), op));
}

TEST(GemmlowpSoftmax, GivesTheShareOfEToTheMinusOne) {
  // 1 / (1 + e^-1) = 0.7311, times 256 is 187.15; the other is 68.85.
  EXPECT_EQ(gemmlowp_softmax(row({8, 0}), with_scale(0.125)), row({187 - 128, 69 - 128}));
}

TEST(GemmlowpSoftmax, SkipsDifferencesBelowTheSmallest) {
  GemmlowpSoftmax op = with_scale(0.125);
  op.diff_min = -8;
  EXPECT_EQ(gemmlowp_softmax(row({8, 0}), op), row({59, -59}));
  op.diff_min = -7;
  EXPECT_EQ(gemmlowp_softmax(row({8, 0}), op), row({127, -128}));
}

TEST(GemmlowpSoftmax, TakesEveryRowByItself) {
  const IntTensor x({2, 1, 2}, std::vector<std::int32_t>{8, 0, 0, 0});
  EXPECT_EQ(gemmlowp_softmax(x, with_scale(0.125)),
            IntTensor({2, 1, 2}, std::vector<std::int32_t>{59, -59, 0, 0}));
}

TEST(GemmlowpSoftmax, SharesLittleBetweenVeryManyCodes) {
  const GemmlowpSoftmax op = with_scale(0.125);
  for (const std::int64_t count : {511, 512, 513, 1001, 4096, 8191, 8192, 8193}) {
    const IntTensor codes = gemmlowp_softmax(IntTensor({1, count}, 3), op);
    EXPECT_EQ(codes, IntTensor({1, count}, count < 512   ? -127
                                           : count > 512 ? -128
                                                         : codes[0]))
        << count << " channels";
  }
}

TEST(GemmlowpSoftmax, IsWithinOneCodeOfTheRealShares) {
  constexpr std::uint32_t kSeed = 37;
  Random random(kSeed);
  for (int i = 0; i < 500; ++i) {
    const double scale = std::ldexp(static_cast<double>(random.integer(17, 32)), -9);
    const IntTensor x = random.ints({1, random.integer(1, 40)}, -128, 127);
    const IntTensor codes = gemmlowp_softmax(x, with_scale(scale));
    const double sum = std::accumulate(
        x.data.begin(), x.data.end(), 0.0,
        [&](double total, std::int32_t code) { return total + std::exp(code * scale); });
    for (std::int64_t c = 0; c < x.size(); ++c) {
      const double share = std::min(255.0, 256 * std::exp(x[c] * scale) / sum);
      ASSERT_NEAR(codes[c] + 128, share, 0.501) << "row " << i << ", seed " << kSeed;
    }
  }
}

/// The high product and the shift on exact fractions.
std::int32_t product(Wide a, Wide b) {
  return static_cast<std::int32_t>(nearest({a * b, power_of_two(31)}, Tie::kUp));
}
std::int32_t shifted(Wide x, int by) {
  return static_cast<std::int32_t>(nearest({x, power_of_two(by)}, Tie::kAway));
}

/// exp(x) for x = quarters - rest in units of 2^-26: the constants are worked out here.
std::int32_t exp_by_fractions(std::int32_t x) {
  constexpr std::int64_t kQuarter = 1 << 24;
  const auto as_fraction = [](double real) { return std::llround(real * 0x1p31); };
  if (x == 0) return INT32_MAX;
  const std::int64_t size = -std::int64_t{x};
  const std::int64_t quarters = (size - 1) / kQuarter;  // rest is in (0, 1/4].
  const std::int64_t rest = size - quarters * kQuarter;
  const Wide t = as_fraction(0.125) - Wide{rest} * 32;  // 31 fractional bits.
  const Wide t2 = product(t, t);
  const Wide t3_and_t4 = product(t2, t) + shifted(product(t2, t2), 2);
  const Wide tail = shifted(product(t3_and_t4, as_fraction(1.0 / 3)) + t2, 1);
  const Wide centre = as_fraction(std::exp(-0.125));
  Wide result = centre + product(centre, t + tail);
  for (int i = 0; i < 7; ++i) {
    if (quarters / (1 << i) % 2 == 1)
      result = product(result, as_fraction(std::exp(-0.25 * (1 << i))));
  }
  return static_cast<std::int32_t>(result);
}

TEST(FixedPointExp, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 38;
  Random random(kSeed);
  for (std::int32_t x = -2000; x <= 0; ++x) ASSERT_EQ(fixed_point_exp(x), exp_by_fractions(x)) << x;
  for (int quarter = 0; quarter <= 128; ++quarter)
    for (int step = -1; step <= 1; ++step) {
      const std::int64_t x = -std::int64_t{quarter} * (1 << 24) + step;
      if (x > 0 || x < INT32_MIN) continue;
      ASSERT_EQ(fixed_point_exp(static_cast<std::int32_t>(x)),
                exp_by_fractions(static_cast<std::int32_t>(x)))
          << x;
    }
  for (int i = 0; i < 20'000; ++i) {
    const auto x = static_cast<std::int32_t>(random.integer(INT32_MIN, 0) >> random.integer(0, 30));
    ASSERT_EQ(fixed_point_exp(x), exp_by_fractions(x)) << x << ", seed " << kSeed;
  }
}

TEST(FixedPointExp, IsTheExponential) {
  EXPECT_EQ(fixed_point_exp(0), INT32_MAX);
  for (int i = 0; i <= 320; ++i) {
    const std::int32_t x = -i * 6'000'000;
    EXPECT_NEAR(fixed_point_exp(x), std::exp(x * 0x1p-26) * 0x1p31, 200) << x;
  }
}

/// Three steps of Newton's method, y in units of 2^-29.
std::int32_t reciprocal_by_fractions(std::int32_t x) {
  const Wide d = (x + power_of_two(31)) / 2;
  Wide y = std::llround(48.0 / 17 * 0x1p29) + product(d, -std::llround(32.0 / 17 * 0x1p29));
  for (int step = 0; step < 3; ++step) y += 4 * product(y, power_of_two(29) - product(d, y));
  return static_cast<std::int32_t>(limited(2 * y, INT32_MIN, INT32_MAX));
}

TEST(FixedPointReciprocal, AgreesWithFractions) {
  constexpr std::uint32_t kSeed = 39;
  Random random(kSeed);
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const auto x = static_cast<std::int32_t>(i < 1'000   ? i
                                             : i < 2'000 ? INT32_MAX - i + 1'000
                                                         : random.integer(0, INT32_MAX));
    ASSERT_EQ(fixed_point_reciprocal(x), reciprocal_by_fractions(x)) << x << ", seed " << kSeed;
  }
}

TEST(FixedPointReciprocal, IsTheReciprocal) {
  EXPECT_EQ(fixed_point_reciprocal(0), INT32_MAX);
  EXPECT_NEAR(fixed_point_reciprocal(INT32_MAX), 0x1p30, 4);
  for (int i = 0; i < 2'000; ++i) {
    const std::int32_t x = i * 1'073'741;
    EXPECT_NEAR(fixed_point_reciprocal(x), 0x1p31 / (1 + x * 0x1p-31), 8) << x;
  }
}

}  // namespace
}  // namespace systole
