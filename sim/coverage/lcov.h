// lcov.h: line coverage as an LCOV tracefile, which genhtml and editors read.
#pragma once

#include <functional>
#include <string>

#include "sim/coverage/coverage.h"

namespace systole {

/// One record per file with DA, LF and LH lines; LCOV has no toggles. `path_of` gives the path of a
/// module's file.
std::string to_lcov(const Coverage& coverage,
                    const std::function<std::string(const std::string& file)>& path_of);

}  // namespace systole
