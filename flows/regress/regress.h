// regress.h: a whole regression, from a suite's file to its reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/regress/plan.h"
#include "flows/regress/results_json.h"

namespace systole::regress {

struct RegressRequest {
  std::string suite;  ///< The YAML file.
  std::string out;
  std::vector<std::string> rtl;  ///< At most two trees.
  CaseFilter filter;
  std::optional<int> jobs;     ///< Default: the suite's, else one per processor.
  std::optional<int> retries;  ///< Default: the suite's, else 0.
  std::string baseline;        ///< results.json of an earlier regression; empty: none.
  double threshold = 1.0;      ///< Percent.
  bool resume = false;
  bool coverage = false;  ///< Of the RTL, merged over all cases.
  bool fresh = false;     ///< Simulates every op, also where an earlier run's verdict is kept.
};

/// Runs the cases and writes `out`/results.json, junit.xml and index.html, and, unless it was
/// interrupted, an entry of history.json. Throws InputError before anything runs.
RegressionReport run_regression(const RegressRequest& request);

}  // namespace systole::regress
