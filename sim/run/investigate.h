// investigate.h: re-runs a differing op, in a worker, until the place of the fault is known.
#pragma once

#include <string>
#include <vector>

#include "sim/run/explain.h"
#include "sim/run/tile_map.h"

namespace systole {

/// An op to look into.
struct Investigation {
  const Job& job;
  const TileMap& map;
  const std::vector<Unit>& units;  ///< Of the job.
  ProbedTensor tensor = ProbedTensor::kOutput;
  std::int64_t flat = 0;  ///< The first element that differs in the run.
  std::string folder;     ///< For files, relative to the setup's directory.
};

class Investigator {
 public:
  /// Loads the design. Throws SimulationError when that fails.
  explicit Investigator(const ExplainSetup& setup);

  Finding investigate(const Investigation& investigation);

  /// The same for an op that ended as `failure` says: which of its `units` does so alone, and the
  /// cycles before it.
  Finding find_failure(const Job& job, const std::vector<Unit>& units, const Failure& failure,
                       const std::string& folder);

 private:
  std::optional<FailingPart> find_part(const Investigation& investigation, Probe& probe,
                                       Finding& finding);

  std::string write_wave(const FailingPart& part, const std::string& folder, std::uint64_t cycle,
                         std::uint64_t before);
  std::string write_reproducer(Probe& probe, const FailingPart& part, const std::string& folder,
                               Finding& finding);

  const ExplainSetup& setup_;
  Bench bench_;
  std::optional<Bench> tracing_;
};

}  // namespace systole
