// job.h: which ops of a network run on the RTL, and in which groups.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "sim/channel/beats.h"

namespace systole {

/// What one sequence of commands computes: accumulators and their mul_quant, accumulators alone, or
/// MulQuant lanes alone on codes (then `product` is null). Points into the network.
struct Job {
  /// int_conv2d, int_matmul, int_batch_matmul, int_sum_pool or max_pool.
  const IntNode* product = nullptr;
  const IntNode* quant = nullptr;  ///< An op of the lanes (lanes.h).
  /// Groups in a pack (layout.h), where that is given: weights in a memory have one order. 0: the
  /// schedule chooses.
  std::int64_t pack_groups = 0;
  /// n of an int_batch_matmul, which its second operand has; 0 of other products.
  std::int64_t columns = 0;

  const IntNode& last() const { return quant ? *quant : *product; }
};

/// An op that the design does not compute, and why.
struct HostOp {
  const IntNode* node;
  std::string reason;
};

/// Jobs in execution order. Every op is in a job or in `host`; a product with several mul_quants is
/// in several jobs.
struct Plan {
  std::vector<Job> jobs;
  std::vector<HostOp> host;
};

/// Sorts the ops of `network`, which must outlive the plan, for a design of `geometry`.
Plan plan_jobs(const IntNetwork& network, const Geometry& geometry);

}  // namespace systole
