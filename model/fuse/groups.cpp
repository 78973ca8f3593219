// groups.cpp: which float ops become one requantised integer op.
#include "model/fuse/groups.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "model/network/overloaded.h"

namespace systole {
namespace {

/// Whether what the mask adds makes a probability 0, whatever the scores are.
bool excludes(const MaskScores& mask) { return mask.value <= -kExcludedScore; }

class Matcher {
 public:
  Matcher(const FloatNetwork& network, const std::set<std::string>& kept)
      : network_(network), kept_(kept) {
    for (std::size_t i = 0; i < network.nodes.size(); ++i)
      for (const std::string& name : network.nodes[i].inputs) uses_[name].push_back(i);
    kept_.insert(network.outputs.begin(), network.outputs.end());
  }

  std::vector<Group> find() {
    find_chains();
    for (std::size_t i = 0; i < network_.nodes.size(); ++i)
      if (!fused_.contains(i)) groups_.push_back(group_of(i));
    std::stable_sort(groups_.begin(), groups_.end(),
                     [](const Group& a, const Group& b) { return a.tail_index < b.tail_index; });
    return std::move(groups_);
  }

 private:
  /// The one op that uses `name`, if it is an `Op` and nobody needs the tensor itself.
  template <class Op>
  std::optional<std::size_t> sole_user(const std::string& name) const {
    const auto found = uses_.find(name);
    if (found == uses_.end() || found->second.size() != 1 || kept_.contains(name)) return {};
    const std::size_t user = found->second[0];
    if (!std::holds_alternative<Op>(network_.nodes[user].op)) return {};
    return user;
  }

  /// Convolutions and products with their batch norms, by the name of what they give.
  void find_chains() {
    for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
      const FloatOp& op = network_.nodes[i].op;
      if (!std::holds_alternative<Conv2d>(op) && !std::holds_alternative<Linear>(op)) continue;
      const std::string& name = network_.nodes[i].name;
      const auto norm = sole_user<BatchNorm>(name);
      chain_heads_[norm ? network_.nodes[*norm].name : name] = i;
    }
  }

  /// The operand of `add` (0 or 1) that hosts it: the chain whose head comes last.
  std::optional<std::size_t> host_operand(const FloatNode& add) const {
    std::optional<std::size_t> host;
    for (std::size_t k = 0; k < 2; ++k) {
      const auto head = chain_heads_.find(add.inputs[k]);
      if (head == chain_heads_.end() || !sole_user<Add>(add.inputs[k])) continue;
      if (!host || head->second > chain_heads_.at(add.inputs[*host])) host = k;
    }
    return host;
  }

  const FloatNode* take(Group& group, std::size_t index) {
    fused_.insert(index);
    group.tail_index = index;
    return &network_.nodes[index];
  }

  Group group_of(std::size_t index) {
    Group group;
    group.head = take(group, index);
    const FloatOp& op = group.head->op;
    if (std::holds_alternative<Conv2d>(op) || std::holds_alternative<Linear>(op)) {
      if (const auto norm = sole_user<BatchNorm>(group.head->name)) group.norm = take(group, *norm);
      take_add(group);
    }
    if (std::holds_alternative<BatchMatmul>(op)) take_scores(group);
    if (const auto* mask = std::get_if<MaskScores>(&op); mask != nullptr && excludes(*mask))
      take_chain<Softmax>(group);
    if (is_requantised(group) && !group.feeds_hosted_add)
      if (const auto relu = sole_user<Relu>(group.tail().name)) group.relu = take(group, *relu);
    return group;
  }

  /// Takes the one user of the group's tail, if it is an `Op`.
  template <class Op>
  bool take_chain(Group& group) {
    const auto user = sole_user<Op>(group.tail().name);
    if (user) group.chain.push_back(take(group, *user));
    return user.has_value();
  }

  void take_scores(Group& group) {
    take_chain<Scale>(group);
    while (take_chain<AddConstant>(group)) continue;
  }

  void take_add(Group& group) {
    const std::string name = group.tail().name;
    const auto user = sole_user<Add>(name);
    if (!user) return;
    const FloatNode& add = network_.nodes[*user];
    const std::size_t host = *host_operand(add);
    if (add.inputs[host] == name) {
      group.add = take(group, *user);
      group.add_operand = add.inputs[1 - host];
    } else {
      group.feeds_hosted_add = true;
    }
  }

  const FloatNetwork& network_;
  std::map<std::string, std::vector<std::size_t>> uses_;
  std::set<std::string> kept_;
  std::map<std::string, std::size_t> chain_heads_;
  std::set<std::size_t> fused_;
  std::vector<Group> groups_;
};

}  // namespace

std::vector<const FloatNode*> Group::nodes() const {
  std::vector<const FloatNode*> members;
  members.push_back(head);
  members.insert(members.end(), chain.begin(), chain.end());
  for (const FloatNode* member : {norm, add, relu})
    if (member != nullptr) members.push_back(member);
  return members;
}

std::vector<Group> find_groups(const FloatNetwork& network, const std::set<std::string>& kept) {
  return Matcher(network, kept).find();
}

bool is_softmax(const Group& group) { return std::holds_alternative<Softmax>(group.tail().op); }

bool is_requantised(const Group& group) {
  return std::visit(
      Overloaded{[](const Conv2d&) { return true; },      [](const Linear&) { return true; },
                 [](const BatchNorm&) { return true; },   [](const Add&) { return true; },
                 [](const AvgPool&) { return true; },     [](const GlobalAvgPool&) { return true; },
                 [](const Relu&) { return false; },       [](const MaxPool&) { return false; },
                 [](const Concat&) { return false; },     [](const Flatten&) { return false; },
                 [](const Pad&) { return false; },        [](const Identity&) { return false; },
                 [](const Dropout&) { return false; },    [](const Reshape&) { return false; },
                 [](const Transpose&) { return false; },  [](const Slice&) { return false; },
                 [](const Roll&) { return false; },       [](const LayerNorm&) { return true; },
                 [](const BatchMatmul&) { return true; }, [](const Scale&) { return true; },
                 [](const Softmax&) { return true; },     [](const Gelu&) { return true; },
                 [](const Tanh&) { return true; },        [](const AddConstant&) { return true; },
                 [](const ClassToken&) { return true; },  [](const Embedding&) { return true; },
                 [](const MaskScores&) { return true; }},
      group.head->op);
}

}  // namespace systole
