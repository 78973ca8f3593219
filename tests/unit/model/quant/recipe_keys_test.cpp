// recipe_keys_test.cpp: a recipe from a configuration's keys.
#include "model/quant/recipe_keys.h"

#include <gtest/gtest.h>

#include "model/config/settings.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::TempDirectory;
using test::write_text;

Recipe parse(const std::string& yaml) {
  const TempDirectory temp;
  write_text(temp.path("run.yaml"), yaml);
  write_text(temp.path("r.yaml"), "weights: {bits: 3, method: mse}\nscales: {bits: 20}\n");
  return parse_recipe(Settings::load(temp.path("run.yaml"), recipe_keys()));
}

TEST(RecipeKeys, DefaultsOfTheTableAreThoseOfTheStruct) {
  const Recipe recipe = parse("quantize: {weight_bits: 8}");
  const Recipe expected;
  EXPECT_EQ(recipe.weights, expected.weights);
  EXPECT_EQ(recipe.activations, expected.activations);
  EXPECT_EQ(recipe.residuals, expected.residuals);
  EXPECT_EQ(recipe.outputs, expected.outputs);
  EXPECT_EQ(recipe.streams, expected.streams);
  EXPECT_EQ(recipe.probability_factor, expected.probability_factor);
  EXPECT_EQ(recipe.scale, expected.scale);
  EXPECT_EQ(recipe.rounding, expected.rounding);
}

TEST(RecipeKeys, EveryKeyArrives) {
  const Recipe recipe = parse(
      "quantize:\n"
      "  activations: affine\n"
      "  activation_bits: 4\n"
      "  weight_bits: 3\n"
      "  residual_bits: 16\n"
      "  output_bits: 8\n"
      "  stream_bits: 8\n"
      "  probability_factor: 256\n"
      "  rounding: half_away\n"
      "  scale_format: fixed\n"
      "  scale_bits: 24\n"
      "  scale_frac_bits: 20\n"
      "  strict: true\n");
  EXPECT_FALSE(recipe.activations.is_symmetric);
  EXPECT_EQ(recipe.activations.bits, 4);
  EXPECT_EQ(recipe.weights.bits, 3);
  EXPECT_EQ(recipe.residuals.bits, 16);
  EXPECT_EQ(recipe.outputs.bits, 8);
  EXPECT_EQ(recipe.streams.bits, 8);
  EXPECT_EQ(recipe.probability_factor, 256);
  EXPECT_EQ(recipe.rounding, Rounding::kHalfAway);
  EXPECT_EQ(recipe.scale, (ScaleFormat{ScaleFormat::Kind::kFixed, 24, 20, true}));
}

TEST(RecipeKeys, AFileHoldsWhereNoKeyIsGiven) {
  const Recipe recipe = parse("quantize: {recipe: r.yaml, scale_bits: 24}");
  EXPECT_EQ(recipe.weights.bits, 3);
  EXPECT_TRUE(std::holds_alternative<MseSearch>(recipe.weights.method));
  EXPECT_EQ(recipe.scale.bits, 24);
}

}  // namespace
}  // namespace systole
