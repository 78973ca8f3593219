// host_ops.cpp: which groups compute in reals, and what reads a tensor in the end.
#include "model/fuse/host_ops.h"

#include <algorithm>

namespace systole {
namespace {

template <class... Ops>
bool is_one_of(const FloatOp& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

/// What uses a tensor in the end.
struct Uses {
  bool host = false;   ///< Host ops, and softmaxes, which read codes of any width.
  bool other = false;  ///< Integer ops, and the network's user.
  bool codes = false;  ///< Any op that works on codes.

  void also(const Uses& more) {
    host |= more.host;
    other |= more.other;
    codes |= more.codes;
  }
};

class Planner {
 public:
  Planner(const FloatNetwork& network, const std::vector<Group>& groups) : groups_(groups) {
    for (const std::string& name : network.outputs) uses_[name].other = true;
  }

  GroupPlan run() {
    find_hosts();
    for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) pass_back(*group);
    for (const auto& [name, uses] : uses_) {
      if (uses.codes) plan_.needs_codes.insert(name);
      if (uses.host && !uses.other) plan_.streams.insert(name);
    }
    return std::move(plan_);
  }

 private:
  void find_hosts() {
    std::set<std::string> reals;  // Host ops' results, moved or not.
    for (const Group& group : groups_) {
      const FloatOp& op = group.head->op;
      const std::vector<std::string>& inputs = group.head->inputs;
      const bool is_real = [&] {
        return std::all_of(inputs.begin(), inputs.end(),
                           [&](const std::string& name) { return reals.contains(name); });
      }();
      const bool is_real_sum = is_one_of<Add>(op) && is_real;
      const std::string& name = group.tail().name;
      if (is_softmax(group)) continue;  // What reads it decides.
      if (is_host_op(op) || is_real_sum) plan_.on_host.insert(name);
      if (is_host_op(op) || is_real_sum || (is_movement(op) && is_real)) reals.insert(name);
    }
  }

  /// What the group's result is used for, told to its operands.
  void pass_back(const Group& group) {
    const std::string& name = group.tail().name;
    const Uses uses = uses_[name];
    const std::vector<std::string>& inputs = group.head->inputs;
    if (is_softmax(group)) {
      if (!uses.codes) plan_.on_host.insert(name);
      plan_.scores.insert(inputs[0]);
      uses_[inputs[0]].also({.host = true, .codes = uses.codes});
    } else if (plan_.on_host.contains(name)) {
      for (const std::string& input : inputs) uses_[input].host = true;
    } else if (is_movement(group.head->op)) {
      uses_[inputs[0]].also(uses);
    } else if (is_one_of<Add>(group.head->op)) {
      for (const std::string& input : inputs) uses_[input].also(added(uses));
    } else {
      for (const std::string& input : inputs) uses_[input].also({.other = true, .codes = true});
    }
    if (group.add != nullptr) uses_[group.add_operand].also(added(uses));
  }

  /// An addition works on codes; how wide they may be, what reads the sum decides.
  static Uses added(Uses uses) {
    uses.codes = true;
    return uses;
  }

  const std::vector<Group>& groups_;
  std::map<std::string, Uses> uses_;
  GroupPlan plan_;
};

}  // namespace

bool is_host_op(const FloatOp& op) {
  return is_one_of<LayerNorm, Gelu, Tanh, AddConstant, Scale, ClassToken, Embedding, MaskScores>(
      op);
}

bool is_movement(const FloatOp& op) {
  return is_one_of<Reshape, Transpose, Slice, Roll, Flatten, Identity, Dropout>(op);
}

bool has_exclusions(const Group& group, const GroupPlan& plan) {
  return plan.scores.contains(group.tail().name) &&
         std::any_of(group.chain.begin(), group.chain.end(), [](const FloatNode* node) {
           return std::holds_alternative<AddConstant>(node->op);
         });
}

FloatTensor without_excluded(const FloatTensor& scores) {
  FloatTensor bounded = scores;
  const std::int64_t keys = scores.channels();
  for (std::int64_t first = 0; first < scores.size(); first += keys) {
    const auto row = bounded.data.begin() + first;
    const float lowest = *std::max_element(row, row + keys) - kExcludedScore;
    std::for_each(row, row + keys, [&](float& score) { score = std::max(score, lowest); });
  }
  return bounded;
}

GroupPlan plan_groups(const FloatNetwork& network, const std::vector<Group>& groups) {
  return Planner(network, groups).run();
}

}  // namespace systole
