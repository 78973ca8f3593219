// recipe_keys.h: the `quantize.*` keys of a run's configuration.
#pragma once

#include "model/config/key_table.h"
#include "model/quant/recipe.h"

namespace systole {

class Settings;

/// A recipe file, and short forms of its most used keys.
KeyTable recipe_keys();

/// The recipe of a configuration whose table holds `recipe_keys()`: the file's, changed by the keys
/// that the configuration or the command line sets.
Recipe parse_recipe(const Settings& settings);

}  // namespace systole
