// judge.h: from the results of a job's units to rows of the verdict.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "sim/bench/bench.h"
#include "sim/check/check.h"
#include "sim/schedule/job.h"

namespace systole {

/// One job, judged on its own.
struct JobVerdict {
  std::optional<OpVerdict> product;
  std::optional<OpVerdict> quant;
  std::uint64_t cycles = 0;
  std::uint64_t predicted = 0;
  /// What the design computed where it does not match (zero where beats are missing): a tensor that
  /// matches is the golden one.
  std::optional<IntTensor> accumulators, output;
};

/// A job's units as one: cycles and extra beats add up, the first unit that went wrong counts.
JobEnd fold(std::span<const JobEnd> units);

/// Compares what the design computed for `job` with the golden tensors.
JobVerdict judge(const Job& job, const JobEnd& end, const JobTensors& tensors, const Trace& golden,
                 const Geometry& geometry, const PlaceOf& place_of);

using Rows = std::map<std::string, OpVerdict>;

/// A row for every op: host ops are final, the others are skipped until their job is added.
Rows blank_rows(const IntNetwork& network, const Trace& golden, const Plan& plan);

/// What a judged tensor says goes into a row; who it is and its cycles stay.
void fill(const OpVerdict& verdict, OpVerdict& row);

/// Puts a job's verdict into its ops' rows. Returns whether the product's row is this job's: a
/// product with several mul_quants runs several times, and no later run hides a bad one.
bool add(const Job& job, const JobVerdict& verdict, const Geometry& geometry, Rows& rows);

}  // namespace systole
