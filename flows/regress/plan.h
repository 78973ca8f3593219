// plan.h: from a suite to the runs that a regression makes.
#pragma once

#include <string>
#include <vector>

#include "flows/regress/runner.h"
#include "flows/regress/suite.h"
#include "sim/dut/config.h"

namespace systole::regress {

/// Which cases of a suite.
struct CaseFilter {
  std::string match;              ///< A shell pattern of names; empty: all.
  std::vector<std::string> tags;  ///< Cases with any of them; empty: all.
};

/// Throws InputError, naming what there is, when no case is left.
std::vector<Case> select_cases(const Suite& suite, const CaseFilter& filter);

struct PlannedTask {
  CaseTask task;
  std::string identity;  ///< Of what the result depends on besides the design.
  DutConfig dut;
};

struct PlanOptions {
  std::string out;               ///< The regression's folder.
  std::vector<std::string> rtl;  ///< None, one tree for all cases, or A and B.
  int workers = 1;               ///< Of each run.
  bool coverage = false;         ///< Of the RTL.
  bool fresh = false;            ///< Without the verdicts of earlier runs.
};

/// A task per case and tree. Throws InputError, at the case's line, on a configuration that a run
/// would refuse.
std::vector<PlannedTask> plan_tasks(const std::vector<Case>& cases, const PlanOptions& options);

}  // namespace systole::regress
