// replay.h: runs every op of a network on the design with its golden inputs and judges the results.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"
#include "sim/bench/bench.h"
#include "sim/check/verdict.h"
#include "sim/schedule/job.h"

namespace systole {

/// What a replay gives: one row per op in network order, and the tensors that the design computed.
struct Replay {
  std::vector<OpVerdict> ops;
  std::map<std::string, IntTensor> tensors;
  bool interrupted = false;
};

struct ReplayHooks {
  std::function<void(std::size_t done, std::size_t jobs, const std::string& op)> progress;
  std::function<bool()> interrupted;  ///< Asked between jobs; the bench asks within them.
};

/// Throws InputError, listing the ops, when no op of `network` matches the shell pattern; empty:
/// all.
void check_pattern(const IntNetwork& network, const std::string& pattern);

/// The jobs of `plan` whose product or quant matches `pattern` (a shell pattern; empty: all).
/// Throws InputError, listing the ops, when none does.
std::vector<Job> select_jobs(const Plan& plan, const std::string& pattern);

/// Isolated replay: every op gets its golden inputs, so that one bad op poisons nothing.
Replay replay(const IntNetwork& network, const Trace& golden, const Plan& plan,
              const std::vector<Job>& jobs, const Geometry& geometry, Bench& bench,
              const ReplayHooks& hooks);

}  // namespace systole
