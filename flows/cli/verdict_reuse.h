// verdict_reuse.h: a run and the cache of verdicts.
#pragma once

#include <vector>

#include "flows/cli/cosimulate.h"
#include "sim/run/replay.h"
#include "sim/run/verdict_key.h"

namespace systole {

/// Saves a replay the ops that the cache has verdicts on, and keeps what it finds of the others.
class VerdictReuse {
 public:
  /// Adds to `setup.earlier` what the cache has; nothing in a fresh run. A run that counts coverage
  /// or is chained neither takes nor keeps verdicts. `setup` outlives this.
  VerdictReuse(ReplaySetup& setup, const RunRequest& request);

  /// Of an interrupted replay, what is finished.
  void keep(const Replay& replay) const;

 private:
  const ReplaySetup& setup_;
  std::vector<VerdictGroup> groups_;
};

}  // namespace systole
