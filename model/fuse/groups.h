// groups.h: which float ops become one requantised integer op; private to model/fuse/.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// A score this far below another one of its row is as good as excluded: e^-128 < 10^-55.
inline constexpr float kExcludedScore = 128;

/// A head op and what is fused behind it; absent members are null.
struct Group {
  const FloatNode* head = nullptr;
  /// Behind a product of two activations: a scale, then constants that are added. Behind masked
  /// scores: the softmax.
  std::vector<const FloatNode*> chain = {};
  const FloatNode* norm = nullptr;
  const FloatNode* add = nullptr;
  const FloatNode* relu = nullptr;
  std::string add_operand = {};   ///< Of `add`: the operand that is not this group's.
  bool feeds_hosted_add = false;  ///< The output is only the residual operand of another group.
  std::size_t tail_index = 0;     ///< Position of the last op in the network.

  /// The ReLU at the end, null where there is none.
  const Relu* relu_op() const { return relu ? &std::get<Relu>(relu->op) : nullptr; }
  const FloatNode& tail() const {
    return relu ? *relu : add ? *add : norm ? *norm : chain.empty() ? *head : *chain.back();
  }
  /// Its ops in order.
  std::vector<const FloatNode*> nodes() const;
};

/// Every op of the network is in exactly one group; groups are in the order of their tails, so that
/// operands come before their users. Only a tensor with one use that is not in `kept` is fused
/// away.
std::vector<Group> find_groups(const FloatNetwork& network, const std::set<std::string>& kept = {});

/// Whether the group is a softmax, of masked scores or of all.
bool is_softmax(const Group& group);

/// Whether what the group gives has a quantizer of its own; max pools, flatten and the like pass
/// codes through, ReLUs too where there is nothing to fuse them with.
bool is_requantised(const Group& group);

}  // namespace systole
