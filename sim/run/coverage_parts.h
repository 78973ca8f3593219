// coverage_parts.h: the coverage that each worker process leaves, and the parent collects.
#pragma once

#include <filesystem>

#include "sim/bench/bench.h"
#include "sim/coverage/coverage.h"

namespace systole {

/// What a worker's designs have covered, in a file that is replaced after each task: a worker that
/// dies loses its last task's. Nothing here throws: what cannot be written is told to stderr, the
/// worker's log, and is missing from the sums.
class CoveragePart {
 public:
  /// Of this process, in `folder`, which is made.
  explicit CoveragePart(const std::filesystem::path& folder);

  void begin_task();
  void end_task(Bench& bench);

 private:
  std::filesystem::path dat_, new_, open_;
};

/// The sum over the parts in `folder`, which is removed. A worker that died in the middle of a task
/// is in `unread`.
Coverage merge_coverage_parts(const std::filesystem::path& folder);

}  // namespace systole
