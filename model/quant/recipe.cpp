// recipe.cpp: how a float network is to be quantised.
#include "model/quant/recipe.h"

#include "model/config/settings.h"

namespace systole {
namespace {

KeySpec integer_key(std::string key, std::string absent, double lo, double hi, std::string help) {
  return {.key = std::move(key),
          .type = KeyType::kInteger,
          .default_value = std::move(absent),
          .lo = lo,
          .hi = hi,
          .help = std::move(help)};
}

KeySpec choice_key(std::string key, std::vector<std::string> choices, std::string help) {
  const std::string first = choices.front();
  return {.key = std::move(key),
          .type = KeyType::kChoice,
          .default_value = first,
          .choices = std::move(choices),
          .help = std::move(help)};
}

int small_integer(const Settings& settings, std::string_view key) {
  return static_cast<int>(settings.integer(key));
}

}  // namespace

KeyTable recipe_keys() {
  return {
      choice_key("quantize.activations", {"symmetric", "affine"},
                 "Zero point 0 (unsigned where never negative), or unsigned with a zero point."),
      integer_key("quantize.activation_bits", "8", 2, 8, "Width of activations."),
      integer_key("quantize.weight_bits", "8", 2, 8, "Width of weights, symmetric per channel."),
      choice_key("quantize.residual_bits", {"8", "16"},
                 "Width of a projection branch on its way to the addition."),
      choice_key("quantize.output_bits", {"16", "8"}, "Width of the network's outputs, signed."),
      choice_key("quantize.rounding", {"half_even", "half_up", "half_away", "floor"},
                 "Where ties go when an accumulator is requantised."),
      choice_key("quantize.scale_format", {"normalized", "fixed"},
                 "A binary point per channel, or one for the whole network."),
      integer_key("quantize.scale_bits", "16", 8, 32, "Width of integer scales."),
      integer_key("quantize.scale_frac_bits", "12", 0, 62,
                  "Fractional bits of scales where scale_format is fixed."),
  };
}

QuantizeRecipe parse_recipe(const Settings& settings) {
  QuantizeRecipe recipe;
  recipe.activations = static_cast<ActivationScheme>(settings.choice_index("quantize.activations"));
  recipe.activation_bits = small_integer(settings, "quantize.activation_bits");
  recipe.weight_bits = small_integer(settings, "quantize.weight_bits");
  recipe.residual_bits = settings.choice("quantize.residual_bits") == "16" ? 16 : 8;
  recipe.output_bits = settings.choice("quantize.output_bits") == "16" ? 16 : 8;
  recipe.rounding = static_cast<Rounding>(settings.choice_index("quantize.rounding"));
  recipe.scale.is_normalized = settings.choice("quantize.scale_format") == "normalized";
  recipe.scale.bits = small_integer(settings, "quantize.scale_bits");
  recipe.scale.frac_bits = small_integer(settings, "quantize.scale_frac_bits");
  return recipe;
}

}  // namespace systole
