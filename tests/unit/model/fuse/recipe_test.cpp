// recipe_test.cpp: widths, rounding and scale formats follow the recipe.
#include <cstdlib>

#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(FuseRecipe, OutputsHaveTheirOwnWidth) {
  Pattern pattern;
  pattern.conv("a", "image", 1);
  for (const int bits : {8, 16}) {
    Recipe recipe;
    recipe.outputs.bits = bits;
    const FusedNetwork fused = pattern.fused(recipe);
    EXPECT_EQ(find_node(fused.network, "a.quant").output.type, (IntType{bits, true}));
  }
}

TEST(FuseRecipe, AnOutputThatOthersReadStaysNarrow) {
  Pattern pattern;
  pattern.conv("a", "image", 1).conv("b", "a", 2);
  pattern.network.outputs = {"a", "b"};
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(find_node(fused.network, "a.quant").output.type.bits, 8);
  EXPECT_EQ(find_node(fused.network, "b.quant").output.type.bits, 16);
}

TEST(FuseRecipe, WeightsRoundingAndWidthsFollowTheRecipe) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("r", {"a"}, Relu{}).conv("b", "r", 2);
  Recipe recipe = {.rounding = Rounding::kHalfUp};
  recipe.activations.bits = 5;
  recipe.weights.bits = 3;
  const FusedNetwork fused = pattern.fused(recipe);
  for (const std::int32_t w : std::get<IntConv2d>(fused.network.nodes[0].op).weight.data) {
    EXPECT_LE(std::abs(w), 3);
  }
  EXPECT_EQ(quant_of(fused, "a.quant").rounding, Rounding::kHalfUp);
  EXPECT_EQ(quant_of(fused, "a.quant").clamp, (IntRange{0, 31}));
}

TEST(FuseRecipe, AFixedFormatHasOneBinaryPointAndReportsItsErrors) {
  Pattern pattern;
  pattern.conv("a", "image", 1);
  constexpr auto kFixed = ScaleFormat::Kind::kFixed;
  const FusedNetwork coarse = pattern.fused({.scale = {kFixed, 32, 8}});
  const FusedNetwork fine = pattern.fused({.scale = {kFixed, 32, 24}});
  for (const MulQuantChannel& channel : quant_of(coarse, "a.quant").channels)
    EXPECT_EQ(channel.shift, 8);
  ASSERT_EQ(coarse.scales.size(), 1U);
  EXPECT_EQ(coarse.scales[0].op, "a.quant");
  EXPECT_GT(coarse.scales[0].largest_error, fine.scales[0].largest_error);
  EXPECT_LT(fine.scales[0].largest_error, 1e-5);
  EXPECT_GT(pattern.fused({.scale = {kFixed, 16, 14}}).scales[0].largest_error, 0);
}

}  // namespace
}  // namespace systole
