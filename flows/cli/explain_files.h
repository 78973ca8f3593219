// explain_files.h: what an explanation leaves for its reader: a reproducer, views of waveforms.
#pragma once

#include <filesystem>

#include "flows/cli/run_config.h"
#include "sim/dut/dut.h"
#include "sim/run/explain.h"

namespace systole {

/// Makes the failing part as small as it still fails, and writes it to `directory` for
/// `systole run`. Falls back from the tile's matrices to the op as it is; false when neither fails
/// on a design of its own. Runs in a worker, on its probe's bench.
bool write_minimal_reproducer(const RunConfig& config, Probe& probe, const FailingPart& part,
                              const std::filesystem::path& directory);

/// Writes viewers' save files beside every waveform of `ops`, in `directory`, the run's, and notes
/// them. `tracing` is the design that gave the waveforms.
void write_views(const RunConfig& config, const BuiltDut& tracing, const DutFacts& facts,
                 const std::string& directory, std::vector<OpVerdict>& ops);

}  // namespace systole
