// replay.h: runs every op of a network on the design with its golden inputs and judges the results.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"
#include "sim/bench/options.h"
#include "sim/check/verdict.h"
#include "sim/dut/dut.h"
#include "sim/run/pool.h"
#include "sim/run/select.h"
#include "sim/run/unit_runner.h"
#include "sim/schedule/job.h"

namespace systole {

/// What to replay, and on what. What it refers to outlives the replay.
struct ReplaySetup {
  const IntNetwork& network;
  const Trace& golden;
  const Plan& plan;
  std::vector<Job> jobs;  ///< The selected ones of `plan`, in its order.
  const BuiltDut& built;
  Geometry geometry;
  BenchOptions bench;
  PoolOptions pool;
  EarlierOps earlier;  ///< Not simulated again; `drop_unfinished` has seen to them.
  std::filesystem::path coverage = {};  ///< Where workers leave it (coverage_parts.h), or empty.
  StoredOf stored = {};  ///< Where weights and parameters come from; empty: from the ops.
};

/// What a replay has given so far: one row per op in network order, and what the design computed of
/// the ops that do not match. Where an op matches, that is the golden tensor.
struct Replay {
  std::vector<OpVerdict> ops;
  std::map<std::string, IntTensor> tensors;
  bool interrupted = false;
  PoolUse use;
  double compare_seconds = 0.0;  ///< Of this process, while workers simulate.
};

struct ReplayProgress {
  std::size_t ops = 0;       ///< Selected ones, on the design.
  std::size_t ops_done = 0;  ///< Judged, in this run or before.
  std::uint64_t cycles = 0;  ///< Simulated in this run.
  std::int64_t macs = 0;     ///< Of the simulated parts of ops.
  double done = 0.0;         ///< Part of the work, in predicted cycles, [0, 1].
};

struct ReplayHooks {
  /// After each part of an op.
  std::function<void(const ReplayProgress&)> progress;
  /// True ends the replay.
  std::function<bool()> interrupted;
  /// Called many times a second; `so_far()` is what has been judged.
  std::function<void(const std::function<Replay()>& so_far)> idle;
};

/// Isolated replay: every op gets its golden inputs, so that one bad op poisons nothing, and
/// pieces of ops run side by side in worker processes. Rows, tensors and cycles do not depend on
/// how many there are. A worker that dies fails the ops of its task. Throws as `run_pool` does.
/// SystemC must not have been used in this process.
Replay replay(const ReplaySetup& setup, const ReplayHooks& hooks);

}  // namespace systole
