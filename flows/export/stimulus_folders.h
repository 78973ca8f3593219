// stimulus_folders.h: golden stimulus of ops, a folder each, with the bench that plays it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/network/batch.h"
#include "sim/channel/beats.h"
#include "sim/schedule/job.h"

namespace systole {

/// Writes `directory`/000_NAME, 001_NAME, ... for the jobs, NAME being that of the job's last op
/// with `_` for `/` and `:`: make_stimulus() (sim/image/stimulus.h) of the first sample, or of one
/// output tile of it (then NAME.tileN), and systole_stimulus_tb.sv. Each folder appears whole;
/// equal arguments give equal bytes. `golden` holds all tensors of the jobs. Returns the folders'
/// names. Throws InputError as make_stimulus() and tile_region() do, and when a folder cannot be
/// written or holds anything else.
std::vector<std::string> write_stimulus(const std::string& directory, const std::vector<Job>& jobs,
                                        const AnyTensors& golden, const Geometry& geometry,
                                        std::optional<std::int64_t> tile = std::nullopt);

}  // namespace systole
