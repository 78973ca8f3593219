// host_ops.h: which groups compute in reals, and what reads a tensor in the end; private to
// model/fuse/.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/fuse/groups.h"

namespace systole {

/// Layer norms, GELU, tanh, embeddings, constants and scales on their own: what no integer op of
/// the hardware computes.
bool is_host_op(const FloatOp& op);

/// Reshape, transpose, slice and roll: elements move, codes keep their meaning.
bool is_movement(const FloatOp& op);

/// How a network's groups compute; tensors are named by the tails of their groups.
struct GroupPlan {
  /// Groups of host ops; softmaxes whose result no integer op reads; additions of reals only.
  std::set<std::string> on_host = {};
  /// Tensors that an integer op reads, through movements or not.
  std::set<std::string> needs_codes = {};
  /// Tensors that host ops read in the end, through movements and additions, and nothing else
  /// does: the residual stream of a transformer, attention scores.
  std::set<std::string> streams = {};
  /// What a softmax reads.
  std::set<std::string> scores = {};
};

/// Whether the group's constants may exclude scores of a softmax.
bool has_exclusions(const Group& group, const GroupPlan& plan);

/// Scores [.., q, k] with none further than `kExcludedScore` below the largest of its row: what
/// excludes positions must not decide the range of the others.
FloatTensor without_excluded(const FloatTensor& scores);

GroupPlan plan_groups(const FloatNetwork& network, const std::vector<Group>& groups);

}  // namespace systole
