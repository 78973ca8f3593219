// scales_test.cpp: scale formats, what they cost, and strictness.
#include <gmock/gmock.h>

#include <cstdlib>

#include "model/fuse/scale_cost.h"
#include "tests/unit/model/fuse/patterns.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::HasSubstr;

Pattern small() {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("ar", {"a"}, Relu{}).conv("b", "ar", 2);
  return pattern;
}

TEST(ScaleFormats, PowersOfTwoArePowersOfTwo) {
  const FusedNetwork fused = small().fused({.scale = {.kind = ScaleFormat::Kind::kPowerOfTwo}});
  for (const char* name : {"a.quant", "b.quant"})
    for (const MulQuantChannel& channel : quant_of(fused, name).channels) {
      const std::int64_t s = std::abs(std::int64_t{channel.scale});
      EXPECT_EQ(s & (s - 1), 0) << s;
      EXPECT_GT(s, 0);
    }
  // The exponent is off by half at most: a factor in [1/sqrt 2, sqrt 2].
  for (const ScaleReport& report : fused.scales) {
    EXPECT_LE(report.largest_error, 0.4143);
    EXPECT_GT(report.largest_error, 0.01);
  }
}

TEST(ScaleFormats, AZeroOrACutScaleIsCountedAndRefusedWhereStrict) {
  constexpr auto kFixed = ScaleFormat::Kind::kFixed;
  const Pattern pattern = small();
  const FusedNetwork coarse = pattern.fused({.scale = {kFixed, 32, 2}});
  EXPECT_EQ(coarse.scales[0].zeros, 4);
  EXPECT_EQ(coarse.scales[0].saturated, 0);
  const FusedNetwork cut = pattern.fused({.scale = {kFixed, 8, 24}});
  EXPECT_EQ(cut.scales[0].saturated, 4);
  EXPECT_THAT(message_of([&] {
                pattern.fused({.scale = {kFixed, 32, 2, true}});
              }),
              HasSubstr("which becomes 0, expected scales that their integers hold"));
  EXPECT_THAT(message_of([&] {
                pattern.fused({.scale = {kFixed, 8, 24, true}});
              }),
              HasSubstr("which saturates"));
  EXPECT_NO_THROW(pattern.fused({.scale = {.is_strict = true}}));
}

TEST(ScaleFormats, CostsAreDecibelsOfTheScaledValues) {
  const Pattern pattern = small();
  const auto cost = [&](const ScaleFormat& format) {
    const EncodedNetwork encoded = pattern.encoded();
    const FusedNetwork fused = fuse(encoded, {.scale = format});
    return sqnr_db(scale_costs(fused, encoded, samples_of(pattern.codes)).at("b.quant"));
  };
  // 15 bits of a scale: an error of 2^-16 at most, -96 dB; 31 bits: -192 dB.
  EXPECT_GT(cost({.bits = 16}), 88);
  EXPECT_GT(cost({.bits = 32}), 170);
  EXPECT_GT(cost({.kind = ScaleFormat::Kind::kPowerOfTwo}), 7);
  EXPECT_LT(cost({.kind = ScaleFormat::Kind::kPowerOfTwo}), 30);
}

}  // namespace
}  // namespace systole
