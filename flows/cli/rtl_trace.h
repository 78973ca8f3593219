// rtl_trace.h: what a run leaves of the design's tensors.
#pragma once

#include "golden/trace.h"
#include "sim/run/replay.h"

namespace systole {

/// What the design computed, and what it got from the host: the inputs and the host's ops.
Trace rtl_trace(const Trace& golden, Replay replay);

}  // namespace systole
