// recipe_keys.cpp: the `quantize.*` keys of a run's configuration.
#include "model/quant/recipe_keys.h"

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

}  // namespace

KeyTable recipe_keys() {
  return {
      {.key = "quantize.recipe",
       .type = KeyType::kPath,
       .help = "A recipe file: ranges, granularity, overrides by op (model/quant/README.md). The "
               "keys below change it where they are given; their defaults hold without it."},
      choice_key("quantize.activations", {"symmetric", "affine"},
                 "Zero point 0 (unsigned where never negative), or unsigned with a zero point."),
      integer_key("quantize.activation_bits", "8", 2, 8, "Width of activations."),
      integer_key("quantize.weight_bits", "8", 2, 8, "Width of weights, symmetric per channel."),
      choice_key("quantize.residual_bits", {"8", "16"},
                 "Width of a projection branch on its way to the addition."),
      choice_key("quantize.stream_bits", {"16", "8"},
                 "Width of what only ops on the host and additions read, signed: a transformer's "
                 "residual stream and attention scores."),
      integer_key("quantize.probability_factor", "255", 1, 256,
                  "Code of probability 1 where attention multiplies a softmax's result."),
      choice_key("quantize.output_bits", {"16", "8"}, "Width of the network's outputs, signed."),
      choice_key("quantize.rounding", {"half_even", "half_up", "half_away", "floor"},
                 "Where ties go when an accumulator is requantised."),
      choice_key("quantize.scale_format", {"normalized", "fixed", "power_of_two"},
                 "A binary point per channel, one for the whole network, or scales that are powers "
                 "of two."),
      integer_key("quantize.scale_bits", "16", 8, 32, "Width of integer scales."),
      integer_key("quantize.scale_frac_bits", "12", 0, 62,
                  "Fractional bits of scales where scale_format is fixed."),
      {.key = "quantize.strict",
       .type = KeyType::kBoolean,
       .default_value = "false",
       .help = "Refuse a network in which a scale becomes 0 or saturates, instead of warning."},
  };
}

Recipe parse_recipe(const Settings& settings) {
  Recipe recipe;
  const bool has_file = !settings.path("quantize.recipe").empty();
  if (has_file) recipe = load_recipe(settings.path("quantize.recipe").string());
  /// The value of an integer key into `target`, where it wins.
  const auto integer = [&](std::string_view key, int& target) {
    if (!has_file || settings.is_set(key)) target = static_cast<int>(settings.integer(key));
  };
  const auto wins = [&](std::string_view key) { return !has_file || settings.is_set(key); };
  if (wins("quantize.activations"))
    recipe.activations.is_symmetric = settings.choice("quantize.activations") == "symmetric";
  integer("quantize.activation_bits", recipe.activations.bits);
  integer("quantize.weight_bits", recipe.weights.bits);
  if (wins("quantize.residual_bits"))
    recipe.residuals.bits = settings.choice("quantize.residual_bits") == "16" ? 16 : 8;
  if (wins("quantize.output_bits"))
    recipe.outputs.bits = settings.choice("quantize.output_bits") == "16" ? 16 : 8;
  if (wins("quantize.stream_bits"))
    recipe.streams.bits = settings.choice("quantize.stream_bits") == "16" ? 16 : 8;
  integer("quantize.probability_factor", recipe.probability_factor);
  if (wins("quantize.rounding"))
    recipe.rounding = static_cast<Rounding>(settings.choice_index("quantize.rounding"));
  if (wins("quantize.scale_format"))
    recipe.scale.kind =
        static_cast<ScaleFormat::Kind>(settings.choice_index("quantize.scale_format"));
  integer("quantize.scale_bits", recipe.scale.bits);
  integer("quantize.scale_frac_bits", recipe.scale.frac_bits);
  if (wins("quantize.strict")) recipe.scale.is_strict = settings.boolean("quantize.strict");
  return recipe;
}

}  // namespace systole
