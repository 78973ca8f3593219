// explain.h: says of every op that is wrong what its tensors tell and what re-running a tile of it
// shows.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/probe.h"
#include "sim/run/replay.h"

namespace systole {

/// What re-running showed of one op.
struct Finding {
  std::optional<std::int64_t> pe_row;
  std::optional<std::uint64_t> first_cycle;
  std::vector<std::string> evidence;
  std::string wave, reproducer;  ///< What was written, relative to the directory; empty: nothing.
};

/// A part of an op, as small as the schedule's tiles, that is still wrong when it runs alone.
struct FailingPart {
  const Job& job;
  Region region;
  ProbedTensor tensor = ProbedTensor::kOutput;
  std::int64_t flat = 0;  ///< The first differing element; of a part that does not end, the first.
  FailureKind failure = FailureKind::kNone;  ///< How it ended when it did not end as it should.
};

/// Writes a reproducer of the part to `directory`; false when the part cannot be reproduced without
/// the rest. Called in a worker.
using WriteReproducer =
    std::function<bool(Probe&, const FailingPart&, const std::filesystem::path& directory)>;

struct ExplainSetup {
  const ReplaySetup& replay;
  const BuiltDut* tracing = nullptr;  ///< A build that can write waveforms; null: none are written.
  std::filesystem::path directory;    ///< Of waveforms and reproducers; a folder for each op.
  int most = 4;  ///< Ops that are re-run; the others' tensors or messages must do.
  WriteReproducer write_reproducer;  ///< Null: none.
};

struct ExplainHooks {
  std::function<void(std::size_t done, std::size_t all)> progress;
  std::function<bool()> interrupted;
};

/// Whether `explain` looks into an op: it differs, or ended in a hang or an assertion. A crash
/// would only take the worker with it again.
bool can_explain(const OpVerdict& row);

/// Fills the explanations of the differing ops in `result.ops`, and of those that ended in a hang
/// or an assertion, which the row of the product has where there is one. Ops whose codes differ
/// because their accumulators do refer to those. A worker that dies leaves an op with what its
/// tensors tell. Throws as `run_pool` does.
void explain(const ExplainSetup& setup, const ExplainHooks& hooks, Replay& result);

}  // namespace systole
