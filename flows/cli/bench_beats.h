// bench_beats.h: a workload's beats as files, for other testbenches on the same work.
#pragma once

#include <string>

#include "flows/cli/measure.h"

namespace systole {

/// Writes one file of beats (sim/channel/beats.h, one after the other) per channel into `folder`,
/// which is made: inputs by the channels' names, and what the design must answer as
/// `expected_output` and `expected_tap`.
void write_beats(const Workload& workload, const std::string& folder);

}  // namespace systole
