// slots.cpp: which quantizer every slot of a network is to have, from a recipe's overrides.
#include "model/quant/slots.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <bit>

#include "model/config/nearest.h"
#include "model/network/float_params.h"

namespace systole {
namespace {

/// What an override of a slot changes: the slot's choice so far, or its default.
const QuantizerRecipe& base_of(const std::optional<SlotChoice>& choice,
                               const QuantizerRecipe& absent) {
  const auto* so_far = choice ? std::get_if<QuantizerRecipe>(&*choice) : nullptr;
  return so_far != nullptr ? *so_far : absent;
}

template <class Map, class Key>
std::optional<SlotChoice> find_choice(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return {};
  return found->second;
}

class Resolver {
 public:
  Resolver(const FloatNetwork& network, const Recipe& recipe, const TensorRoles& roles)
      : network_(network), recipe_(recipe), roles_(roles) {
    for (const NetworkInput& input : network.inputs) names_.push_back(input.name);
    for (const FloatNode& node : network.nodes) {
      names_.push_back(node.name);
      if (is_product(node.op)) slots_[node.name].params.emplace("weight", recipe.weights);
    }
  }

  Slots run() {
    for (const NamedLiteral& literal : recipe_.literals) apply(literal);
    for (const Override& change : recipe_.overrides) {
      bool has_match = false;
      for (const NetworkInput& input : network_.inputs)
        if (matches(change.ops, input.name)) apply(change, input, has_match);
      for (const FloatNode& node : network_.nodes)
        if (matches(change.ops, node.name)) apply(change, node, has_match);
      if (!has_match)
        throw InputError({.where = change.where,
                          .key = change.key + ".op",
                          .got = "'" + change.ops + "'",
                          .expected = "the name of an op or input of " + network_.name +
                                      ", or a glob that matches one",
                          .hint = did_you_mean(change.ops, names_)});
    }
    return std::move(slots_);
  }

 private:
  void apply(const NamedLiteral& literal) {
    for (const NetworkInput& input : network_.inputs) {
      if (input.name != literal.name) continue;
      if (!input.is_float) return expect_own(literal, input);
      slots_[input.name].output = literal.quantizer;
      return;
    }
    for (const FloatNode& node : network_.nodes) {
      if (node.name == literal.name) {
        slots_[node.name].output = literal.quantizer;
        slots_[node.name].is_output_placed = true;
        return;
      }
      for (const auto& [param, tensor] : params_of(node.op))
        if (node.name + "." + param == literal.name) {
          slots_[node.name].params.insert_or_assign(param, literal.quantizer);
          return;
        }
    }
    std::vector<std::string> known = names_;
    for (const FloatNode& node : network_.nodes)
      for (const auto& [param, tensor] : params_of(node.op))
        known.push_back(node.name + "." + param);
    throw InputError({.where = {literal.file},
                      .key = literal.name,
                      .got = "an encoding of this name",
                      .expected = "a tensor or OP.PARAMETER of " + network_.name,
                      .hint = did_you_mean(literal.name, known)});
  }

  /// Samples that are codes have a quantizer, and no other one.
  void expect_own(const NamedLiteral& literal, const NetworkInput& input) const {
    const LiteralQuantizer& given = literal.quantizer;
    const Quantization& own = input.quantization;
    if (given.scale.size() == 1 && given.scale[0] == own.scale &&
        given.zero_point == std::vector<std::int32_t>{own.zero_point} &&
        given.format.bits == own.type.bits && given.format.is_signed == own.type.is_signed)
      return;
    throw InputError({.where = {literal.file},
                      .key = literal.name,
                      .got = "another quantizer than that of the samples, which are codes",
                      .expected = "the same, or none"});
  }

  /// A glob that also matches inputs means the ops; only what holds for outputs is said of inputs.
  void apply(const Override& change, const NetworkInput& input, bool& has_match) {
    const bool is_named = change.ops == input.name;
    for (const SlotOverride& slot : change.slots) {
      if (slot.kind != SlotOverride::Kind::kOutput) {
        if (is_named) throw slot.value.error("outputs[0], the one slot of a network input");
        continue;
      }
      if (!input.is_float) {
        if (!is_named) continue;
        throw slot.value.error("no quantizer for " + input.name + ", whose samples are codes",
                               "give inputs[0] of the op that reads it another one");
      }
      std::optional<SlotChoice>& choice = slots_[input.name].output;
      choice = read_slot(slot.value, base_of(choice, recipe_.activations));
    }
    if (change.skip && is_named)
      throw InputError({.where = change.where,
                        .key = change.key + ".skip",
                        .got = "the network input " + input.name,
                        .expected = "an op"});
    has_match = has_match || is_named || input.is_float;
  }

  void apply(const Override& change, const FloatNode& node, bool& has_match) {
    const bool is_named = change.ops == node.name;
    OpSlots& op = slots_[node.name];
    if (change.skip) op.is_skipped = *change.skip;
    has_match = true;
    for (const SlotOverride& slot : change.slots) switch (slot.kind) {
        case SlotOverride::Kind::kInput:
          apply_input(slot, node, is_named);
          break;
        case SlotOverride::Kind::kParam:
          apply_param(slot, node, is_named);
          break;
        case SlotOverride::Kind::kOutput:
          op.is_output_placed = op.is_output_placed || is_named;
          op.output = read_slot(slot.value,
                                base_of(op.output, default_quantizer(recipe_, roles_, node.name)));
      }
  }

  void apply_input(const SlotOverride& slot, const FloatNode& node, bool is_named) {
    if (slot.index >= node.inputs.size()) {
      if (!is_named) return;
      throw slot.value.error(
          fmt::format("inputs[0] to inputs[{}] of {}", node.inputs.size() - 1, node.name));
    }
    auto& inputs = slots_[node.name].inputs;
    inputs.insert_or_assign(
        slot.index,
        read_slot(slot.value, base_of(find_choice(inputs, slot.index), recipe_.activations)));
  }

  /// Globs apply to the ops that have such a parameter.
  void apply_param(const SlotOverride& slot, const FloatNode& node, bool is_named) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : params_of(node.op)) names.push_back(name);
    if (std::find(names.begin(), names.end(), slot.param) == names.end()) {
      if (!is_named) return;
      throw slot.value.error(
          names.empty()
              ? fmt::format("no parameters: {} has none", node.name)
              : fmt::format("params.{} of {}", fmt::join(names, " or params."), node.name),
          did_you_mean(slot.param, names));
    }
    auto& params = slots_[node.name].params;
    const QuantizerRecipe bias = {.bits = 16, .sign = CodeSign::kSigned};
    params.insert_or_assign(
        slot.param,
        read_slot(slot.value, base_of(find_choice(params, slot.param),
                                      slot.param == "weight" ? recipe_.weights : bias)));
  }

  const FloatNetwork& network_;
  const Recipe& recipe_;
  const TensorRoles& roles_;
  std::vector<std::string> names_;
  Slots slots_;
};

}  // namespace

const QuantizerRecipe& default_quantizer(const Recipe& recipe, const TensorRoles& roles,
                                         const std::string& tensor) {
  const auto found = roles.find(tensor);
  switch (found == roles.end() ? TensorRole::kActivation : found->second) {
    case TensorRole::kResidual:
      return recipe.residuals;
    case TensorRole::kOutput:
      return recipe.outputs;
    case TensorRole::kStream:
      return recipe.streams;
    case TensorRole::kProbability:
    case TensorRole::kActivation:
      break;
  }
  return recipe.activations;
}

SlotChoice default_choice(const Recipe& recipe, const TensorRoles& roles,
                          const std::string& tensor) {
  const auto found = roles.find(tensor);
  if (found == roles.end() || found->second != TensorRole::kProbability)
    return default_quantizer(recipe, roles, tensor);
  const auto largest = static_cast<unsigned>(recipe.probability_factor);
  return LiteralQuantizer{.format = {.bits = std::max(2, static_cast<int>(std::bit_width(largest))),
                                     .is_signed = false},
                          .scale = {1.0 / recipe.probability_factor},
                          .zero_point = {}};
}

bool matches(const std::string& pattern, const std::string& text) {
  return pattern == text || fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

Slots resolve_slots(const FloatNetwork& network, const Recipe& recipe, const TensorRoles& roles) {
  return Resolver(network, recipe, roles).run();
}

}  // namespace systole
