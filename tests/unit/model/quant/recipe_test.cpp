// recipe_test.cpp: a recipe from a configuration's keys.
#include "model/quant/recipe.h"

#include <gtest/gtest.h>

#include "model/config/settings.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

QuantizeRecipe parse(const std::string& yaml) {
  const TempDirectory temp;
  write_text(temp.path("run.yaml"), yaml);
  return parse_recipe(Settings::load(temp.path("run.yaml"), recipe_keys()));
}

TEST(Recipe, DefaultsOfTheTableAreThoseOfTheStruct) {
  EXPECT_EQ(parse("quantize: {weight_bits: 8}"), QuantizeRecipe{});
}

TEST(Recipe, EveryKeyArrives) {
  const QuantizeRecipe recipe = parse(
      "quantize:\n"
      "  activations: affine\n"
      "  activation_bits: 4\n"
      "  weight_bits: 3\n"
      "  residual_bits: 16\n"
      "  output_bits: 8\n"
      "  rounding: half_away\n"
      "  scale_format: fixed\n"
      "  scale_bits: 24\n"
      "  scale_frac_bits: 20\n");
  const QuantizeRecipe expected = {.activations = ActivationScheme::kAffine,
                                   .activation_bits = 4,
                                   .weight_bits = 3,
                                   .residual_bits = 16,
                                   .output_bits = 8,
                                   .rounding = Rounding::kHalfAway,
                                   .scale = {false, 24, 20}};
  EXPECT_EQ(recipe, expected);
}

}  // namespace
}  // namespace systole
