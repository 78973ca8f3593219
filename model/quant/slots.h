// slots.h: which quantizer every slot of a network is to have, from a recipe's overrides.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/network/network.h"
#include "model/quant/recipe.h"

namespace systole {

/// What an op (or a network input: `output` alone) wants; slots that nobody named are absent.
struct OpSlots {
  bool is_skipped = false;  ///< Computed in float.
  std::map<std::size_t, SlotChoice> inputs;
  std::map<std::string, SlotChoice> params;  ///< Every product has its weight's.
  std::optional<SlotChoice> output;
  /// Whether the output gets this quantizer even where fusion would have hidden the tensor: true of
  /// an op that is named, false where only globs match it.
  bool is_output_placed = false;
};
using Slots = std::map<std::string, OpSlots>;

/// What a tensor is for, which decides its default.
enum class TensorRole : std::uint8_t {
  kActivation,
  kResidual,
  kOutput,
  kStream,       ///< Only ops on the host read it, and additions.
  kProbability,  ///< A softmax between two products.
};
using TensorRoles = std::map<std::string, TensorRole>;  ///< Absent: kActivation.

/// The recipe's default for a tensor, on which overrides of its keys build.
const QuantizerRecipe& default_quantizer(const Recipe& recipe, const TensorRoles& roles,
                                         const std::string& tensor);

/// What a tensor gets where nobody says otherwise: the above; probabilities, whose range is known,
/// unsigned codes of step 1 / factor.
SlotChoice default_choice(const Recipe& recipe, const TensorRoles& roles,
                          const std::string& tensor);

/// Applies the overrides in order, later ones on what earlier ones made. Throws InputError with the
/// place in the recipe where nothing matches (with the nearest name), an op has no such slot, or
/// skip is said of an input.
Slots resolve_slots(const FloatNetwork& network, const Recipe& recipe, const TensorRoles& roles);

/// Whether `text` is `pattern`, or matches it as a glob (* ? [..]).
bool matches(const std::string& pattern, const std::string& text);

}  // namespace systole
