// fixed_point_test.cpp: real scales and biases to integers.
#include "model/ops/fixed_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/model/ops/random.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

__extension__ using Wide = __int128;

constexpr OperandBounds kSmall{.acc = 1000, .residual = 255};

TEST(Normalized, UsesAllBitsOfTheScale) {
  const auto channel = normalized({.scale = 0.75}, 16, kSmall);
  EXPECT_EQ(channel->scale, 0x6000);
  EXPECT_EQ(channel->shift, 15);
  const auto wide = normalized({.scale = 0.75}, 32, kSmall);
  EXPECT_EQ(wide->scale, 0x60000000);
  EXPECT_EQ(wide->shift, 31);
}

TEST(Normalized, KeepsTheScaleBelowItsLimit) {
  EXPECT_EQ(normalized({.scale = 32767.0 / 65536}, 16, kSmall)->shift, 16);
  EXPECT_EQ(normalized({.scale = 32768.0 / 65536}, 16, kSmall)->shift, 15);
  // 32767.5 / 65536 rounds up to 2^15: too large by one.
  EXPECT_EQ(normalized({.scale = 32767.5 / 65536}, 16, kSmall)->shift, 15);
  EXPECT_EQ(normalized({.scale = 32767}, 16, kSmall)->shift, 0);
  EXPECT_FALSE(normalized({.scale = 32768}, 16, kSmall));
  EXPECT_EQ(normalized({.scale = -32767}, 16, kSmall)->scale, -32767);
  EXPECT_FALSE(normalized({.scale = -32768}, 16, kSmall));
}

TEST(Normalized, RoundsTiesToEven) {
  EXPECT_EQ(normalized({.scale = 16384.5}, 16, kSmall)->scale, 16384);
  EXPECT_EQ(normalized({.scale = 16385.5}, 16, kSmall)->scale, 16386);
}

TEST(Normalized, KeepsTheBiasBelow2To61) {
  const double limit = std::ldexp(1.0, 61);
  EXPECT_EQ(normalized({.bias = 1.0}, 16, kSmall)->shift, 60);
  EXPECT_EQ(normalized({.bias = limit - 512}, 16, kSmall)->shift, 0);
  EXPECT_FALSE(normalized({.bias = limit}, 16, kSmall));
  EXPECT_FALSE(normalized({.bias = -limit}, 16, kSmall));
}

TEST(Normalized, KeepsTheSumBelow2To62) {
  // s = 1 << 14: A * s reaches 2^62 with A = 2^48.
  const std::int64_t most = std::int64_t{1} << 48;
  EXPECT_EQ(normalized({.scale = 16384}, 16, {.acc = most - 1})->shift, 0);
  EXPECT_FALSE(normalized({.scale = 16384}, 16, {.acc = most}));
  EXPECT_EQ(normalized({.scale = 0.25}, 16, {.acc = most - 1})->shift, 16);
  EXPECT_EQ(normalized({.scale = 0.25}, 16, {.acc = most})->shift, 15);
}

TEST(Normalized, OfAllZeroHasNoFraction) {
  EXPECT_EQ(normalized({}, 16, kSmall), MulQuantChannel{});
  EXPECT_EQ(normalized({.scale = 1e-30, .bias = -1e-30}, 16, kSmall), MulQuantChannel{});
  EXPECT_EQ(normalized({.bias = std::ldexp(1.0, -62)}, 16, kSmall)->shift, 62);
}

TEST(Normalized, GivesTheResidualItsOwnBinaryPoint) {
  const auto channel = normalized({.scale = 1.0 / 1024, .residual_scale = 0.75}, 16, kSmall);
  EXPECT_EQ(channel->shift, 24);
  EXPECT_EQ(channel->scale, 1 << 14);
  EXPECT_EQ(channel->residual_shift, 9);  // 0.75 * 2^15 is the largest below 2^15.
  EXPECT_EQ(channel->residual_scale, 3 << 13);
}

TEST(Normalized, FailsWhenTheResidualScaleNeverFits) {
  EXPECT_TRUE(normalized({.scale = 0.5, .residual_scale = 32767}, 16, kSmall));
  EXPECT_FALSE(normalized({.scale = 0.5, .residual_scale = 32768}, 16, kSmall));
}

TEST(Normalized, FoldsZeroPointsWithTheIntegerScales) {
  const RealChannel real{.scale = 0.3,
                         .bias = 0.7,
                         .residual_scale = 0.9,
                         .input_offset = 1234,
                         .residual_zero_point = -5};
  const auto c = normalized(real, 16, kSmall);
  ASSERT_TRUE(c);
  const auto rounded = static_cast<std::int64_t>(std::nearbyint(std::ldexp(0.7, c->shift)));
  EXPECT_EQ(c->bias, rounded - std::int64_t{1234} * c->scale +
                         std::int64_t{5} * c->residual_scale * (1LL << c->residual_shift));
}

TEST(Normalized, RefusesNumbersThatAreNotFinite) {
  EXPECT_FALSE(normalized({.scale = NAN}, 16, kSmall));
  EXPECT_FALSE(normalized({.bias = INFINITY}, 16, kSmall));
  EXPECT_FALSE(normalized({.residual_scale = -INFINITY}, 16, kSmall));
}

Wide wide_round(double value) { return static_cast<Wide>(std::nearbyint(value)); }
Wide size(Wide value) { return value < 0 ? -value : value; }

/// Whether binary point f with residual shift g keeps every bound of model/README.md.
bool is_legal(const RealChannel& real, int bits, const OperandBounds& bounds, int f, int g) {
  const Wide s = wide_round(std::ldexp(real.scale, f));
  const Wide s_r = wide_round(std::ldexp(real.residual_scale, f - g));
  const Wide limit = Wide{1} << (bits - 1);
  if (size(s) >= limit || size(s_r) >= limit) return false;
  const Wide b = wide_round(std::ldexp(real.bias, f)) - s * real.input_offset -
                 real.residual_zero_point * (s_r << g);
  return size(b) < Wide{1} << 61 &&
         bounds.acc * size(s) + size(b) + bounds.residual * size(s_r) * (Wide{1} << g) < Wide{1}
                                                                                             << 62;
}

/// The smallest g whose residual scale fits, or -1.
int smallest_shift(const RealChannel& real, int bits, int f) {
  for (int g = 0; g <= f; ++g) {
    if (size(wide_round(std::ldexp(real.residual_scale, f - g))) < Wide{1} << (bits - 1)) return g;
  }
  return -1;
}

TEST(Normalized, FindsTheLargestLegalPointOfRandomChannels) {
  constexpr std::uint32_t kSeed = 12;
  Random random(kSeed);
  int found = 0;
  for (int i = 0; i < 5'000; ++i) {
    const int bits = random.integer(0, 1) == 0 ? 16 : 32;
    const auto magnitude = [&](int lo, int hi) {
      return std::ldexp(double{random.real()}, static_cast<int>(random.integer(lo, hi)));
    };
    RealChannel real{.scale = magnitude(-30, 10), .bias = magnitude(-20, 30)};
    if (i % 2 == 0) real.residual_scale = magnitude(-20, 10);
    if (i % 3 == 0) real.input_offset = random.integer(-100'000, 100'000);
    if (i % 3 == 0) real.residual_zero_point = random.integer(-255, 255);
    const OperandBounds bounds{random.integer(0, INT32_MAX), random.integer(0, 65535)};

    int best = 62;
    const auto legal = [&](int f) {
      const int g = smallest_shift(real, bits, f);
      return g >= 0 && is_legal(real, bits, bounds, f, g);
    };
    while (best >= 0 && !legal(best)) --best;
    const auto channel = normalized(real, bits, bounds);
    ASSERT_EQ(channel.has_value(), best >= 0) << "case " << i << ", seed " << kSeed;
    if (!channel) continue;
    ++found;
    ASSERT_EQ(channel->shift, best) << "case " << i << ", seed " << kSeed;
    ASSERT_EQ(channel->residual_shift, smallest_shift(real, bits, best));
    ASSERT_EQ(channel->scale, wide_round(std::ldexp(real.scale, best)));
  }
  EXPECT_GT(found, 4'000);
}

TEST(Fixed, TruncatesTowardZeroAtOneBinaryPoint) {
  const auto channel =
      fixed({.scale = 1.999 / 16, .bias = -1.999 / 16, .residual_scale = 0.5}, 8, 4, kSmall);
  EXPECT_EQ(*channel, (MulQuantChannel{.scale = 1, .bias = -1, .shift = 4, .residual_scale = 8}));
}

TEST(Fixed, SaturatesScalesAtTheWordsLimits) {
  EXPECT_EQ(fixed({.scale = 127.0 / 16}, 8, 4, kSmall)->scale, 127);
  EXPECT_EQ(fixed({.scale = 128.0 / 16}, 8, 4, kSmall)->scale, 127);
  EXPECT_EQ(fixed({.scale = -128.0 / 16}, 8, 4, kSmall)->scale, -128);
  EXPECT_EQ(fixed({.scale = -129.0 / 16}, 8, 4, kSmall)->scale, -128);
  EXPECT_EQ(fixed({.residual_scale = 9}, 8, 4, kSmall)->residual_scale, 127);
}

TEST(Fixed, HoldsABiasBeyondTheWord) {
  EXPECT_EQ(fixed({.bias = 100000.99}, 8, 4, kSmall)->bias, 1600015);
  EXPECT_EQ(fixed({.bias = -100000.99}, 8, 4, kSmall)->bias, -1600015);
  EXPECT_FALSE(fixed({.bias = 1e300}, 16, 62, kSmall));
}

TEST(Fixed, KeepsThePointOfZeroAndFoldsZeroPoints) {
  EXPECT_EQ(fixed({}, 16, 12, kSmall)->shift, 12);
  const RealChannel real{.scale = 1.0, .input_offset = 3, .residual_zero_point = 7};
  EXPECT_EQ(fixed(real, 16, 4, kSmall)->bias, -3 * 16);
}

TEST(Fixed, RefusesWhatWouldOverflow) {
  const RealChannel one{.scale = 1.0};
  EXPECT_TRUE(fixed(one, 32, 30, {.acc = (1LL << 32) - 1}));
  EXPECT_FALSE(fixed(one, 32, 30, {.acc = 1LL << 32}));
  EXPECT_FALSE(fixed({.scale = NAN}, 16, 4, kSmall));
}

TEST(RelativeScaleError, ComparesWhatIsHeldWithWhatWasAsked) {
  EXPECT_EQ(relative_scale_error({.scale = 0.75}, {.scale = 3, .shift = 2}), 0.0);
  EXPECT_EQ(relative_scale_error({.scale = 0.5}, {.scale = 3, .shift = 2}), 0.5);
  EXPECT_EQ(relative_scale_error({.scale = 0.5}, {.scale = 0, .shift = 2}), 1.0);
  EXPECT_EQ(relative_scale_error({}, {}), 0.0);
}

TEST(Normalized, OfAnOpNamesTheOpAndTheChannel) {
  const std::vector<RealChannel> reals = {{.scale = 0.5}, {.scale = 99999, .bias = 1}};
  const std::vector<OperandBounds> bounds = {kSmall};
  EXPECT_EQ(message_of([&] { normalized(reals, 16, bounds, "conv1.quant"); }),
            "conv1.quant: got scale 99999, bias 1, residual scale 0 in channel 1, expected numbers "
            "that normalized(16) holds without overflow");
  EXPECT_EQ(normalized(reals, 32, bounds, "conv1.quant").size(), 2U);
  EXPECT_EQ(fixed(reals, 16, 8, bounds, "conv1.quant")[1].scale, 32767);
}

TEST(Normalized, OfAnOpTakesOneBoundPerChannel) {
  const std::vector<RealChannel> reals = {{.scale = 0.25}, {.scale = 0.25}};
  const std::vector<OperandBounds> bounds = {{.acc = (1LL << 48) - 1}, {.acc = 1LL << 48}};
  const auto channels = normalized(reals, 16, bounds, "op");
  EXPECT_EQ(channels[0].shift, 16);
  EXPECT_EQ(channels[1].shift, 15);
}

}  // namespace
}  // namespace systole
