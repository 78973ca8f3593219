// lanes_test.cpp: the lanes' constants say what the model's ops say.
#include "sim/schedule/lanes.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Lanes, OfAMulQuantAreItsConstants) {
  const MulQuant op{.channels = {{5, -7, 3, 9, 2}, {6, 8, 4, 0, 0}},
                    .rounding = Rounding::kFloor,
                    .zero_point = 11,
                    .zero_point_form = ZeroPointForm::kSubtract,
                    .clamp = {-20, 30}};
  const Lanes lanes = *lanes_of(op);
  CommandBeat command = {};
  lanes.set(command);
  EXPECT_EQ(command.rounding, 3);
  EXPECT_EQ(command.subtract_zp, 1);
  EXPECT_EQ(command.zero_point, 11);
  EXPECT_EQ(command.lo, -20);
  EXPECT_EQ(command.hi, 30);
  EXPECT_EQ(lanes.channel(0, 0).scale, 5);
  EXPECT_EQ(lanes.channel(0, 0).bias, -7);
  EXPECT_EQ(lanes.channel(0, 0).shift, 3);
  EXPECT_EQ(lanes.channel(0, 0).residual_scale, 9);
  EXPECT_EQ(lanes.channel(0, 0).residual_shift, 2);
  EXPECT_EQ(lanes.channel(0, 1).bias, 8);
  EXPECT_EQ(lanes_of(IntAdd{op})->channel(0, 1).scale, 6);
}

TEST(Lanes, OfOneChannelServeAll) {
  EXPECT_EQ(lanes_of(MulQuant{.channels = {{5, 0, 0, 0, 0}}})->channel(0, 9).scale, 5);
}

// Shifts of either sign, one bias for all, and the zero point of the input in the bias.
TEST(Lanes, OfGemmlowpCarryTheLeftShiftInPlaceOfTheResiduals) {
  const Requantise op{.dialect = Gemmlowp{{{1 << 30, -31}, {(1 << 30) + 1, 4}}},
                      .bias = {100},
                      .input_zero_point = 3,
                      .zero_point = -5,
                      .clamp = {-128, 127}};
  const Lanes lanes = *lanes_of(op);
  EXPECT_EQ(lanes.rounding, kTwoRoundings);
  EXPECT_FALSE(lanes.subtract_zp);
  ASSERT_EQ(lanes.channels.size(), 2U);
  EXPECT_EQ(lanes.channel(0, 0).scale, 1 << 30);
  EXPECT_EQ(lanes.channel(0, 0).bias, 97);
  EXPECT_EQ(lanes.channel(0, 0).shift, 31);
  EXPECT_EQ(lanes.channel(0, 0).residual_shift, 0);
  EXPECT_EQ(lanes.channel(0, 1).bias, 97);
  EXPECT_EQ(lanes.channel(0, 1).shift, 0);
  EXPECT_EQ(lanes.channel(0, 1).residual_shift, 4);
  EXPECT_EQ(lanes.channel(0, 1).residual_scale, 0);
}

TEST(Lanes, OfGemmlowpHaveAsManyChannelsAsBiases) {
  const Lanes lanes = *lanes_of(Requantise{.dialect = Gemmlowp{{{1 << 30, 0}}}, .bias = {1, 2, 3}});
  ASSERT_EQ(lanes.channels.size(), 3U);
  EXPECT_EQ(lanes.channel(0, 2).bias, 3);
  EXPECT_EQ(lanes.channel(0, 2).scale, 1 << 30);
}

TEST(Lanes, AreOnlyThoseOfOpsThatTheDesignHas) {
  EXPECT_FALSE(lanes_of(IntRelu{}));
  EXPECT_FALSE(lanes_of(Requantise{.dialect = Float32Scale{{1.0F}}}));
  EXPECT_FALSE(lanes_of(Requantise{.dialect = Ruy{{{1 << 30, 0}}}}));
}

TEST(Lanes, TakeCodesOf17Bits) {
  const Geometry geometry = {.rows = 4, .cols = 4, .acc_depth = 16, .scale_bits = 32};
  Lanes lanes = *lanes_of(MulQuant{.channels = {{1, 0, 0, 0, 0}}, .clamp = {-65536, 65535}});
  EXPECT_EQ(lanes_misfit(lanes, geometry), "");
  lanes.clamp.hi = 65536;
  EXPECT_EQ(lanes_misfit(lanes, geometry),
            "zero point or clamp 65536, the design takes [-65536, 65535]");
}

}  // namespace
}  // namespace systole
