// tasks.h: a network's jobs cut into pieces of work of about equal cost.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/shapes.h"
#include "sim/schedule/job.h"
#include "sim/schedule/region.h"

namespace systole {

/// A region of one job's output, which the design computes on its own.
struct Unit {
  std::size_t job = 0;  ///< Position in the list of jobs.
  Region region;
  std::uint64_t cycles = 0;  ///< Predicted (cycles.h).
  bool operator==(const Unit&) const = default;
};

/// Units that one design computes one after the other.
struct Task {
  std::vector<Unit> units;
  bool operator==(const Task&) const = default;

  std::uint64_t cycles() const;  ///< Of all units.
};

/// Long enough to hide what a unit costs beside its cycles, short enough to spread a network.
inline constexpr std::uint64_t kCyclesPerTask = 16384;

/// Tasks in the order of `jobs`, whose tensors have `shapes` (batch first). A job of more than
/// `cycles_per_task` predicted cycles is cut into regions of about that many, which tile its output
/// exactly once; jobs of less share a task. Depends on its arguments alone, not on who will run the
/// tasks.
std::vector<Task> make_tasks(const std::vector<Job>& jobs, const Shapes& shapes,
                             const Geometry& geometry,
                             std::uint64_t cycles_per_task = kCyclesPerTask);

}  // namespace systole
