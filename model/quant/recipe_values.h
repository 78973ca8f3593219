// recipe_values.h: the parts of a recipe file that several readers know; private to model/quant/.
#pragma once

#include "model/config/error.h"
#include "model/config/value.h"
#include "model/ops/rounding.h"
#include "model/quant/recipe.h"

namespace systole {

/// 2..16, or 32 of a bias.
int read_bits(const Value& value, bool of_bias);
Rounding read_rounding_mode(const Value& value);
/// A map of keys that change `recipe`.
QuantizerRecipe read_quantizer(const Value& value, QuantizerRecipe recipe);

/// An InputError of `check` again, with the place of `value`.
template <class Check>
void at_value(const Value& value, Check check) {
  try {
    check();
  } catch (const InputError& error) {
    throw InputError(value.location(), error.what());
  }
}

}  // namespace systole
