// case_coverage.h: the coverage of the RTL by all cases together.
#pragma once

#include <string>
#include <vector>

#include "flows/regress/result.h"
#include "sim/coverage/coverage.h"

namespace systole::regress {

struct TreeCoverage {
  std::string rtl;     ///< The tree, as the cases name it.
  std::string folder;  ///< Of the report, relative to the regression's.
  Coverage coverage;
};

/// Merges what the cases of each RTL tree covered and writes a report per tree to `out`/coverage,
/// or to numbered folders below it where there are several. Cases of different arrays add up by
/// module. Throws InputError when a report cannot be written.
std::vector<TreeCoverage> merge_case_coverage(const Regression& regression, const std::string& out);

}  // namespace systole::regress
