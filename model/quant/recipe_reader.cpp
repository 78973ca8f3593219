// recipe_reader.cpp: a recipe file.
#include <array>
#include <filesystem>
#include <string_view>

#include "model/config/nearest.h"
#include "model/config/scalar.h"
#include "model/quant/encoding_exchange.h"
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
  SmoothRecipe smooth{.where = value.location(), .ops = {}};
  if (const auto it = value.find("alpha")) smooth.options.alpha = it->as_real(0, 1);
  if (const auto it = value.find("explicit")) smooth.options.is_explicit = it->as_bool();
  if (const auto it = value.find("ops"))
    for (const Value& name : it->items()) smooth.ops.push_back(name.as_string());
  return smooth;
}

constexpr std::int64_t kMostInputs = 1000;

/// The index of an operand or output: a key that is a small integer.
std::size_t index_of(const Value& map, const std::string& key, std::int64_t most) {
  const auto index = parse_integer(key);
  if (!index || *index < 0 || *index > most)
    throw map.get(key).error(most == 0 ? "0 as the key, the op's one output"
                                       : "the number of an operand as the key, from 0");
  return static_cast<std::size_t>(*index);
}

void read_slots(const Value& value, SlotOverride::Kind kind, Override& result) {
  for (const std::string& key : value.keys()) {
    SlotOverride slot{.kind = kind, .value = value.get(key)};
    if (kind == SlotOverride::Kind::kParam)
      slot.param = key;
    else
      slot.index = index_of(value, key, kind == SlotOverride::Kind::kInput ? kMostInputs : 0);
    read_slot(slot.value, {});  // Malformed values are found even where no op matches.
    result.slots.push_back(std::move(slot));
  }
}

Override read_override(const Value& value) {
  value.expect_keys({"op", "skip", "inputs", "params", "outputs"});
  Override result{.where = value.location(),
                  .key = value.key(),
                  .ops = value.get("op").as_string(),
                  .slots = {}};
  if (const auto it = value.find("skip")) result.skip = it->as_bool();
  if (const auto it = value.find("inputs")) read_slots(*it, SlotOverride::Kind::kInput, result);
  if (const auto it = value.find("params")) read_slots(*it, SlotOverride::Kind::kParam, result);
  if (const auto it = value.find("outputs")) read_slots(*it, SlotOverride::Kind::kOutput, result);
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
  file.expect_keys({"weights", "activations", "residuals", "outputs", "streams",
                    "probability_factor", "rounding", "scales", "arithmetic", "scales_as",
                    "fold_norms", "observe", "encodings", "smooth", "shared", "overrides"});
  Recipe recipe;
  const auto quantizer = [&](std::string_view key, QuantizerRecipe& target) {
    if (const auto it = file.find(key)) target = read_quantizer(*it, target);
  };
  quantizer("weights", recipe.weights);
  quantizer("activations", recipe.activations);
  quantizer("residuals", recipe.residuals);
  quantizer("outputs", recipe.outputs);
  quantizer("streams", recipe.streams);
  if (const auto it = file.find("probability_factor"))
    recipe.probability_factor = static_cast<int>(it->as_int(1, 256));
  if (const auto it = file.find("rounding")) recipe.rounding = read_rounding_mode(*it);
  if (const auto it = file.find("scales")) recipe.scale = read_scale(*it);
  constexpr std::array<std::string_view, 2> kArithmetic = {"double", "float32"};
  if (const auto it = file.find("arithmetic"))
    recipe.convention.arithmetic = static_cast<Arithmetic>(it->as_choice(kArithmetic));
  constexpr std::array<std::string_view, 2> kScaleKinds = {"step", "inverse"};
  if (const auto it = file.find("scales_as"))
    recipe.convention.scale_is = static_cast<ScaleKind>(it->as_choice(kScaleKinds));
  if (const auto it = file.find("fold_norms")) recipe.folds_norms = it->as_bool();
  constexpr std::array<std::string_view, 2> kObserved = {"float", "quantised_weights"};
  if (const auto it = file.find("observe"))
    recipe.observes_quantised_weights = it->as_choice(kObserved) == 1;
  if (const auto it = file.find("smooth")) recipe.smooth = read_smooth(*it);
  if (const auto it = file.find("shared"))
    for (const std::string& name : it->keys())
      recipe.shared[name] = read_quantizer(it->get(name), recipe.activations);
  if (const auto it = file.find("overrides"))
    for (const Value& value : it->items()) recipe.overrides.push_back(read_override(value));
  if (const auto it = file.find("encodings")) {
    const std::filesystem::path named = it->as_string();
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    recipe.literals = literals_of((named.is_absolute() ? named : folder / named).string());
  }
  check_shared(recipe);
  return recipe;
}

}  // namespace systole
