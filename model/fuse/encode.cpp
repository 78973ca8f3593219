// encode.cpp: decides every quantizer of a float network, as a recipe asks.
#include "model/fuse/encode.h"

#include <fmt/format.h>

#include <deque>

#include "model/config/error.h"
#include "model/fuse/host_ops.h"
#include "model/fuse/input_use.h"
#include "model/fuse/placement.h"
#include "model/fuse/rewrite.h"
#include "model/fuse/round_weights.h"
#include "model/network/float_params.h"
#include "model/network/overloaded.h"
#include "model/network/shapes.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/slots.h"
#include "model/quant/tensor_observer.h"

namespace systole {
namespace {

class Encoder {
 public:
  Encoder(const FloatNetwork& network, const Recipe& recipe)
      : recipe_(recipe),
        roles_(tensor_roles(network)),
        slots_(resolve_slots(network, recipe, roles_)),
        shapes_(infer_shapes(network, 1)) {
    result_.network = network;
    result_.arithmetic = recipe.convention.arithmetic;
    for (const FloatNode& node : network.nodes)
      if (slots_[node.name].is_skipped) result_.skipped.insert(node.name);
  }

  EncodedNetwork run(const SampleSource& samples, const BatchOptions& options) {
    place();
    std::vector<Watch> watches = watches_;
    watches.insert(watches.end(), masks_.begin(), masks_.end());
    for (FloatNode& node : result_.network.nodes) place_params(node);
    calibrate(
        recipe_.observes_quantised_weights ? with_quantised_weights(result_) : result_.network,
        samples, watches, options);
    for (std::size_t i = 0; i < observers_.size(); ++i) {
      const Encoding encoding = observers_[i].encoding(recipe_.convention);
      for (const auto& set : setters_[i]) set(encoding);
    }
    drop_idle_joins();
    round_weights(result_, learned_, samples, options);
    return std::move(result_);
  }

 private:
  using Setter = std::function<void(const Encoding&)>;

  void place() {
    std::set<std::string> explicit_tensors;
    for (const auto& [name, slots] : slots_)
      if (slots.output && slots.is_output_placed) explicit_tensors.insert(name);
    for (const NetworkInput& input : result_.network.inputs) place_input(input);
    const std::vector<Group> groups = find_groups(
        result_.network, kept_tensors(result_.network, explicit_tensors, result_.skipped));
    const GroupPlan plan = plan_groups(result_.network, groups);
    for (const Group& group : groups) {
      const std::string& name = group.tail().name;
      const std::optional<SlotChoice>& own = slots_[name].output;
      const bool is_joined = std::holds_alternative<Concat>(group.head->op);
      const bool is_island = result_.skipped.contains(name);
      const bool is_usual =
          is_island || is_joined ||
          (plan.on_host.contains(name) ? plan.needs_codes.contains(name) : is_requantised(group));
      if (!is_usual && !slots_[name].is_output_placed) continue;
      place_tensor(name, own ? *own : default_choice(recipe_, roles_, name),
                   has_exclusions(group, plan));
      if (is_joined && !is_island && !own) joins_.push_back(group.head);
    }
    for (const FloatNode& node : result_.network.nodes)
      for (const auto& [index, choice] : slots_[node.name].inputs)
        watch(fmt::format("{}.inputs[{}]", node.name, index), node.inputs[index], choice,
              [this, edge = Edge{node.name, index}](const Encoding& e) {
                result_.operands[edge] = e;
              });
  }

  void place_input(const NetworkInput& input) {
    const InputUse use = input_use(result_.network, input.name);
    if (use == InputUse::kIds) return;
    if (use == InputUse::kMask && input.is_float) return place_mask(input.name);
    if (input.is_float) {
      const std::optional<SlotChoice>& own = slots_[input.name].output;
      place_tensor(input.name, own ? *own : SlotChoice{recipe_.activations});
      return;
    }
    const Quantization& q = input.quantization;
    result_.methods[input.name] = "of the samples";
    const IntFormat format{
        .bits = q.type.bits, .is_signed = q.type.is_signed, .is_symmetric = q.zero_point == 0};
    result_.tensors[input.name] = {.name = input.name,
                                   .spec = {.format = format},
                                   .scale = Tensor<double>({}, {q.scale}),
                                   .zero_point = IntTensor({}, {q.zero_point})};
  }

  /// Reals that are 0 or 1 become such codes.
  void place_mask(const std::string& name) {
    result_.methods[name] = "a mask";
    result_.tensors[name] = mask_encoding(name);
    masks_.push_back({{name}, [name](const FloatTensor& mask) { expect_mask(name, mask); }});
  }

  void place_tensor(const std::string& name, const SlotChoice& choice,
                    bool has_exclusions = false) {
    watch(name, name, choice, [this, name](const Encoding& e) { result_.tensors[name] = e; });
    if (has_exclusions && std::holds_alternative<QuantizerRecipe>(choice))
      watches_.back().observe = [&seer = observers_.back()](const FloatTensor& x) {
        seer.observe(without_excluded(x));
      };
  }

  /// Observes `tensor` for the quantizer of `slot`, or sets it at once.
  void watch(const std::string& slot, const std::string& tensor, const SlotChoice& choice,
             const Setter& set) {
    std::visit(Overloaded{[](const NoQuantizer&) {},
                          [&](const QuantizerRecipe& recipe) {
                            result_.methods[slot] = describe(recipe);
                            add_watch(TensorObserver(slot, recipe));
                            watches_.back().tensors.push_back(tensor);
                            setters_.back().push_back(set);
                          },
                          [&](const SharedQuantizer& shared) {
                            const std::size_t watch = shared_watch(shared);
                            watches_[watch].tensors.push_back(tensor);
                            setters_[watch].push_back(set);
                          },
                          [&](const LiteralQuantizer& literal) {
                            result_.methods[slot] = "given";
                            set(encode_literal(slot, literal, shapes_.at(tensor)));
                          }},
               choice);
  }

  void add_watch(TensorObserver observer) {
    observers_.push_back(std::move(observer));
    watches_.push_back(
        {{}, [&seer = observers_.back()](const FloatTensor& x) { seer.observe(x); }});
    setters_.emplace_back();
  }

  /// The one watch of a shared quantizer.
  std::size_t shared_watch(const SharedQuantizer& shared) {
    const auto [place, is_new] = shared_.try_emplace(shared.name, watches_.size());
    if (is_new) {
      const QuantizerRecipe& recipe = recipe_.shared.at(shared.name);
      result_.methods[shared.name] = "shared, " + describe(recipe);
      add_watch(TensorObserver(shared.name, recipe));
    }
    return place->second;
  }

  /// What a node takes as an operand, null where it is reals.
  const Encoding* operand(const FloatNode& node, std::size_t index) const {
    if (const auto own = result_.operands.find({node.name, index}); own != result_.operands.end())
      return &own->second;
    return source_of(node.inputs[index]);
  }

  /// The quantizer whose codes `name` has, looking through ops that pass codes.
  const Encoding* source_of(const std::string& name) const {
    if (const auto found = result_.tensors.find(name); found != result_.tensors.end())
      return &found->second;
    for (const FloatNode& node : result_.network.nodes)
      if (node.name == name) return operand(node, 0);
    return nullptr;
  }

  /// A concatenation of operands with equal codes passes them on.
  void drop_idle_joins() {
    for (const FloatNode* join : joins_) {
      const auto has_codes_of_first = [&](std::size_t k) {
        const Encoding* first = operand(*join, 0);
        const Encoding* other = operand(*join, k);
        return first != nullptr && other != nullptr && other->spec == first->spec &&
               other->scale == first->scale && other->zero_point == first->zero_point;
      };
      bool is_idle = true;
      for (std::size_t k = 0; k < join->inputs.size(); ++k) is_idle &= has_codes_of_first(k);
      if (is_idle) result_.tensors.erase(join->name);
    }
  }

  void place_params(FloatNode& node) {
    for (const auto& [param, tensor] : params_of(node.op)) {
      const auto choice = slots_[node.name].params.find(param);
      const bool is_weight = param == "weight";
      if (choice == slots_[node.name].params.end()) continue;
      if (is_weight && result_.skipped.contains(node.name)) continue;
      if (const auto* own = std::get_if<QuantizerRecipe>(&choice->second);
          is_weight && own != nullptr && own->learned_rounding)
        learned_[node.name] = *own->learned_rounding;
      place_param(node.name + "." + param, *tensor, choice->second,
                  [this, is_weight, op = node.name, values = tensor](const Encoding& e) {
                    if (!is_weight)
                      *values = fake_quantize(*values, e, recipe_.convention.arithmetic);
                    else
                      result_.weights[op] = {e, codes_of(*values, e)};
                  });
    }
  }

  IntTensor codes_of(const FloatTensor& values, const Encoding& encoding) const {
    if (!std::holds_alternative<IntFormat>(encoding.spec.format)) return {};
    return quantize(values, encoding, recipe_.convention.arithmetic);
  }

  void place_param(const std::string& name, const FloatTensor& values, const SlotChoice& choice,
                   const Setter& set) {
    std::visit(Overloaded{[](const NoQuantizer&) {},
                          [&](const QuantizerRecipe& recipe) {
                            result_.methods[name] = describe(recipe);
                            set(encode_tensor(name, recipe, values, recipe_.convention));
                          },
                          [&](const SharedQuantizer& shared) {
                            const std::size_t watch = shared_watch(shared);
                            observers_[watch].observe(values);
                            setters_[watch].push_back(set);
                          },
                          [&](const LiteralQuantizer& literal) {
                            result_.methods[name] = "given";
                            set(encode_literal(name, literal, values.shape));
                          }},
               choice);
  }

  const Recipe& recipe_;
  TensorRoles roles_;
  Slots slots_;
  Shapes shapes_;
  EncodedNetwork result_;
  std::deque<TensorObserver> observers_;  ///< Of every watch.
  std::vector<Watch> watches_;
  std::vector<Watch> masks_;                  ///< Inputs that are checked, not observed.
  std::vector<std::vector<Setter>> setters_;  ///< Of every watch.
  std::map<std::string, std::size_t> shared_;
  std::map<std::string, RoundingOptions> learned_;
  std::vector<const FloatNode*> joins_;
};

}  // namespace

EncodedNetwork encode(const FloatNetwork& network, const Recipe& recipe,
                      const SampleSource& samples, const BatchOptions& options) {
  SmoothedNetwork smoothed = rewrite(network, recipe, samples, options);
  EncodedNetwork encoded = Encoder(smoothed.network, recipe).run(samples, options);
  encoded.smoothed = std::move(smoothed.ops);
  return encoded;
}

}  // namespace systole
