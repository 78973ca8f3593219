// coverage.h: the coverage of the RTL by one run.
#pragma once

#include <filesystem>

#include "flows/cli/cosimulate.h"
#include "sim/report/run_report.h"

namespace systole {

/// Where the run's workers leave their coverage; empty without --coverage. Removes what an earlier
/// run has left in `out`/coverage.
std::filesystem::path make_coverage_parts(const RunRequest& request);

/// Merges what the workers have left, replaces `out`/coverage and fills `report.coverage`. Throws
/// InputError when that folder cannot be written.
void report_coverage(const RunRequest& request, RunReport& report);

}  // namespace systole
