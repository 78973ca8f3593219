// rtl_trace.h: what a run leaves of the design's tensors.
#pragma once

#include <string>

#include "golden/trace.h"
#include "sim/run/replay.h"

namespace systole {

/// Writes to `directory` what the design computed, and what it got from the host: the inputs and
/// the host's ops. Ops without a verdict are left out.
void write_rtl_trace(const std::string& directory, const Trace& golden, Replay replay);

}  // namespace systole
