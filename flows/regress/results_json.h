// results_json.h: results.json, the machine-readable outcome of a regression.
#pragma once

#include <string>

#include "flows/regress/baseline.h"
#include "flows/regress/case_coverage.h"
#include "flows/regress/result.h"
#include "flows/regress/sides.h"

namespace systole::regress {

inline constexpr const char* kResultsFormat = "systole-regression";
inline constexpr int kResultsVersion = 1;

/// Everything that a page or another program wants to know of a finished regression.
struct RegressionReport {
  Regression regression;
  std::optional<BaselineChanges> baseline;
  std::vector<SideComparison> sides;   ///< Of two RTL trees, by case.
  std::vector<TreeCoverage> coverage;  ///< By RTL tree; where it was asked for.
  double threshold = 1.0;              ///< Percent.

  /// An op takes over `threshold` percent more cycles than in the baseline, or on B than on A; or a
  /// verdict is worse than in the baseline.
  bool is_slower() const;
};

/// Keys are stable (flows/regress/README.md). A case's whole verdict is the file that it names.
std::string to_json(const RegressionReport& report);

}  // namespace systole::regress
