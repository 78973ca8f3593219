// estimate.h: what a network will cost on a design, op by op, without simulating it.
#pragma once

#include <string>
#include <vector>

#include "model/network/shapes.h"
#include "sim/schedule/cycles.h"
#include "sim/schedule/fetches.h"
#include "sim/schedule/job.h"

namespace systole {

/// One row: the jobs of one product, or one stream.
struct OpEstimate {
  std::string name;  ///< Of the row of a run's report that has the cycles.
  std::string op;
  Shape shape;  ///< Of its output, batch first.
  std::int64_t macs = 0;
  std::int64_t tiles = 0;
  std::int64_t passes = 0;
  Cycles cycles;
  Fetches fetches;
};

struct Estimate {
  Geometry geometry;
  std::int64_t batch = 0;
  std::vector<OpEstimate> ops;
  OpEstimate total;
  std::vector<HostOp> host;
  std::int64_t host_macs = 0;
  double stall_rate = 0.0;  ///< What stalls add is not predicted.
};

/// Of `jobs` of `plan`, cut as a run cuts them.
Estimate estimate(const IntNetwork& network, const Plan& plan, const std::vector<Job>& jobs,
                  const Geometry& geometry, std::int64_t batch);

/// A table with the cause of every lost cycle.
std::string to_text(const Estimate& estimate);

/// "systole-estimate", version 1; the causes in PE cycles, which add up exactly.
std::string to_json(const Estimate& estimate);

}  // namespace systole
