// recipe_reader.cpp: a recipe file.
#include <array>
#include <string_view>

#include "model/config/nearest.h"
#include "model/quant/recipe.h"
#include "model/quant/recipe_values.h"

namespace systole {
namespace {

ScaleFormat read_scale(const Value& value) {
  value.expect_keys({"format", "bits", "frac_bits", "strict"});
  ScaleFormat scale;
  constexpr std::array<std::string_view, 3> kKinds = {"normalized", "fixed", "power_of_two"};
  if (const auto it = value.find("format"))
    scale.kind = static_cast<ScaleFormat::Kind>(it->as_choice(kKinds));
  if (const auto it = value.find("bits")) scale.bits = static_cast<int>(it->as_int(8, 32));
  if (const auto it = value.find("frac_bits")) {
    if (scale.kind != ScaleFormat::Kind::kFixed)
      throw it->error("no frac_bits unless format is fixed", "the other formats choose them");
    scale.frac_bits = static_cast<int>(it->as_int(0, 62));
  }
  if (const auto it = value.find("strict")) scale.is_strict = it->as_bool();
  return scale;
}

SmoothRecipe read_smooth(const Value& value) {
  value.expect_keys({"alpha", "explicit", "ops"});
  SmoothRecipe smooth;
  if (const auto it = value.find("alpha")) smooth.options.alpha = it->as_real(0, 1);
  if (const auto it = value.find("explicit")) smooth.options.is_explicit = it->as_bool();
  if (const auto it = value.find("ops"))
    for (const Value& name : it->items()) smooth.ops.push_back(name.as_string());
  return smooth;
}

/// `inputs[I]`, `outputs[0]`, `params.NAME`.
SlotOverride read_slot_override(const std::string& key, const Value& value) {
  const auto index_of = [&](std::string_view prefix) -> std::optional<std::size_t> {
    if (!key.starts_with(prefix) || !key.ends_with("]")) return {};
    const std::string digits = key.substr(prefix.size(), key.size() - prefix.size() - 1);
    if (digits.empty() || digits.size() > 3 ||
        digits.find_first_not_of("0123456789") != std::string::npos)
      return {};
    return std::stoul(digits);
  };
  SlotOverride slot{.kind = SlotOverride::Kind::kOutput, .value = value};
  if (const auto input = index_of("inputs[")) {
    slot.kind = SlotOverride::Kind::kInput;
    slot.index = *input;
  } else if (key.starts_with("params.") && key.size() > 7) {
    slot.kind = SlotOverride::Kind::kParam;
    slot.param = key.substr(7);
  } else if (key != "outputs[0]") {
    throw value.error("op, skip, inputs[I], params.NAME or outputs[0] as the key",
                      "an op has one output");
  }
  read_slot(value, {});  // Malformed values are found even where no op matches.
  return slot;
}

Override read_override(const Value& value) {
  Override result{.where = value.location(),
                  .key = value.key(),
                  .ops = value.get("op").as_string(),
                  .slots = {}};
  for (const std::string& key : value.keys()) {
    if (key == "op") continue;
    if (key == "skip")
      result.skip = value.get(key).as_bool();
    else
      result.slots.push_back(read_slot_override(key, value.get(key)));
  }
  return result;
}

void check_shared(const Recipe& recipe) {
  for (const Override& change : recipe.overrides)
    for (const SlotOverride& slot : change.slots)
      if (slot.value.is_scalar() && slot.value.as_string() != "none" &&
          !recipe.shared.contains(slot.value.as_string())) {
        std::vector<std::string> names = {"none"};
        for (const auto& [name, quantizer] : recipe.shared) names.push_back(name);
        throw slot.value.error("none, a name below `shared`, or a map",
                               did_you_mean(slot.value.as_string(), names));
      }
}

}  // namespace

Recipe load_recipe(const std::string& path) {
  const Value file = load_yaml(path);
  if (!file.is_map()) throw file.error("a recipe: a map of weights, activations, overrides, ...");
  file.expect_keys({"weights", "activations", "residuals", "outputs", "rounding", "scales",
                    "arithmetic", "scales_as", "smooth", "shared", "overrides"});
  Recipe recipe;
  const auto quantizer = [&](std::string_view key, QuantizerRecipe& target) {
    if (const auto it = file.find(key)) target = read_quantizer(*it, target);
  };
  quantizer("weights", recipe.weights);
  quantizer("activations", recipe.activations);
  quantizer("residuals", recipe.residuals);
  quantizer("outputs", recipe.outputs);
  if (const auto it = file.find("rounding")) recipe.rounding = read_rounding_mode(*it);
  if (const auto it = file.find("scales")) recipe.scale = read_scale(*it);
  constexpr std::array<std::string_view, 2> kArithmetic = {"double", "float32"};
  if (const auto it = file.find("arithmetic"))
    recipe.convention.arithmetic = static_cast<Arithmetic>(it->as_choice(kArithmetic));
  constexpr std::array<std::string_view, 2> kScaleKinds = {"step", "inverse"};
  if (const auto it = file.find("scales_as"))
    recipe.convention.scale_is = static_cast<ScaleKind>(it->as_choice(kScaleKinds));
  if (const auto it = file.find("smooth")) recipe.smooth = read_smooth(*it);
  if (const auto it = file.find("shared"))
    for (const std::string& name : it->keys())
      recipe.shared[name] = read_quantizer(it->get(name), recipe.activations);
  if (const auto it = file.find("overrides"))
    for (const Value& value : it->items()) recipe.overrides.push_back(read_override(value));
  check_shared(recipe);
  return recipe;
}

}  // namespace systole
