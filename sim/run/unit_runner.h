// unit_runner.h: what a worker does with a task: each of its units on the design.
#pragma once

#include <functional>
#include <vector>

#include "golden/trace.h"
#include "sim/bench/bench.h"
#include "sim/run/pool.h"
#include "sim/schedule/tasks.h"

namespace systole {

/// Units [first, last) of a run, which one fresh design computes one after the other.
struct UnitRange {
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint64_t cycles = 0;  ///< Predicted, of all of them.
};

/// Where a job's weights and parameters come from.
using StoredOf = std::function<const StoredBeats*(const Job&)>;

/// What the parent has made ready before it forks; workers read it where it lies.
struct ReplayWork {
  const Trace& golden;
  const BuiltDut& built;
  BenchOptions bench;
  Geometry geometry;
  std::vector<Job> jobs;
  std::vector<Unit> units;
  std::vector<UnitRange> tasks;
  std::vector<JobTensors> tensors;  ///< By job, in memory that all processes share.
  std::filesystem::path coverage;   ///< Where coverage goes; empty: nowhere.
  StoredOf stored;                  ///< Empty: from the ops.
};

/// Puts the units of `tasks` behind one another.
void set_tasks(const std::vector<Task>& tasks, ReplayWork& work);

/// The operands of a unit: golden inputs, weights and parameters as `work.stored` has them.
Operands operands_of(const ReplayWork& work, const Unit& unit);

/// Elaborates SystemC around a design and returns the function that simulates a task on it,
/// starting afresh; a UnitRecord goes out after each unit. Poison and stalls vary with the unit's
/// position among all units of `work`, so that nothing depends on which worker does what. `work`
/// outlives it. Throws SimulationError when the design cannot be loaded.
DoTask start_unit_runner(const ReplayWork& work);

}  // namespace systole
