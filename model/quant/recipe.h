// recipe.h: how a float network is to be quantised.
#pragma once

#include <cstdint>

#include "model/config/key_table.h"
#include "model/ops/rounding.h"

namespace systole {

class Settings;

/// Codes of activations: `kSymmetric` has zero point 0, unsigned where a tensor is never negative;
/// `kAffine` is unsigned with a zero point.
enum class ActivationScheme : std::uint8_t { kSymmetric, kAffine };

/// How real scales become integers (model/README.md, From real to fixed point).
struct ScaleFormat {
  bool is_normalized = true;
  int bits = 16;       ///< Width of a scale; `fixed`: of a bias before zero points fold in, too.
  int frac_bits = 12;  ///< `fixed` only: the network's one binary point.

  bool operator==(const ScaleFormat&) const = default;
};

struct QuantizeRecipe {
  ActivationScheme activations = ActivationScheme::kSymmetric;
  int activation_bits = 8;  ///< 2..8.
  int weight_bits = 8;      ///< 2..8.
  int residual_bits = 8;    ///< 8 or 16: a projection branch on its way to the addition.
  int output_bits = 16;     ///< 8 or 16: the network's outputs, signed.
  Rounding rounding = Rounding::kHalfEven;
  ScaleFormat scale;

  bool operator==(const QuantizeRecipe&) const = default;
};

/// The `quantize.*` keys of a run's configuration.
KeyTable recipe_keys();

/// The recipe of a configuration whose table holds `recipe_keys()`.
QuantizeRecipe parse_recipe(const Settings& settings);

}  // namespace systole
