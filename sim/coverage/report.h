// report.h: the files that a covering run, or a regression of several, leaves.
#pragma once

#include <filesystem>
#include <string>

#include "sim/coverage/coverage.h"

namespace systole {

/// Writes `folder`/coverage.dat (Verilator's format: the sums), coverage.info (LCOV) and index.html
/// with the sources in `rtl`. Throws InputError when that is impossible.
void write_coverage_report(const std::filesystem::path& folder, const Coverage& coverage,
                           const std::filesystem::path& rtl, const std::string& title);

}  // namespace systole
