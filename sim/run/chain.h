// chain.h: replays a network with the design's own results, to see what an error does to the
// answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/check/answer.h"
#include "sim/run/replay.h"

namespace systole {

/// A chained replay: rows compare with the golden trace, so that differences show how they spread;
/// `OpVerdict::own` counts what each op adds itself.
struct ChainedReplay {
  Replay replay;
  std::vector<Answer> answers;  ///< Of the network's outputs; none when it was interrupted.
};

/// Runs the jobs one after the other, each with what the design made of the ones before, and the
/// host's ops on the same. After an op that failed, or whose codes leave their type, those that
/// need it are skipped. `setup.jobs` are all of the plan, `setup.earlier` is empty. Throws as
/// `replay` does.
ChainedReplay replay_chained(const ReplaySetup& setup, const ReplayHooks& hooks);

}  // namespace systole
