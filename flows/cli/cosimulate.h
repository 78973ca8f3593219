// cosimulate.h: the whole of a run: network, golden trace, design, replay, report.
#pragma once

#include <string>

#include "flows/cli/run_config.h"
#include "sim/report/run_report.h"

namespace systole {

/// Runs `config` on the ops that match `op_pattern` (empty: all). Writes the integer network and
/// both traces below `out`. A design that does not build is a failed report; bad input throws
/// InputError.
RunReport cosimulate(const RunConfig& config, const std::string& op_pattern,
                     const std::string& out);

}  // namespace systole
