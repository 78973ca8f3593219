// simulate.h: the replay of a run, with its progress line and its checkpoints.
#pragma once

#include "flows/cli/cosimulate.h"
#include "flows/cli/image_run.h"
#include "flows/cli/prepare.h"
#include "golden/trace.h"
#include "sim/dut/dut.h"
#include "sim/run/select.h"

namespace systole {

/// Everything that a replay needs.
struct Simulation {
  const RunRequest& request;
  const Prepared& prepared;
  const Trace& golden;
  const BuiltDut& built;
  DutFacts facts;
  EarlierOps earlier;                ///< Of the run that is resumed.
  const ImageRun* images = nullptr;  ///< Where weights and parameters come from; null: the bundle.
};

/// Fills ops, totals, workers and seconds of `report`, and writes the design's trace; before that,
/// trace and verdict.json every `checkpoint` seconds.
void simulate(const Simulation& simulation, RunReport& report);

}  // namespace systole
