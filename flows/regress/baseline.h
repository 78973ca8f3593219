// baseline.h: verdicts and cycles against those of an earlier regression.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "flows/regress/result.h"

namespace systole::regress {

/// What an earlier regression's results.json says of a case.
struct BaselineCase {
  std::string name;
  CaseState state = CaseState::kMatch;
  std::vector<std::pair<std::string, std::uint64_t>> cycles;  ///< By op; 0: shares another's.
};

struct BaselineResults {
  std::string file;
  std::vector<BaselineCase> cases;
};

/// An op, or the sum of a case (`op` empty), whose cycles can be compared.
struct CycleChange {
  std::string name;  ///< Of the case.
  std::string op;
  std::uint64_t was = 0, is = 0;  ///< Positive.

  /// Percent; above 0 is slower.
  double percent() const;
};

struct StateChange {
  std::string name;
  CaseState was, is;
};

struct BaselineChanges {
  std::string file;
  double threshold = 0.0;            ///< Percent.
  std::vector<CycleChange> changes;  ///< All of another number, cases' sums and ops.
  std::vector<StateChange> worse;
  std::vector<std::string> new_cases, vanished_cases;
  std::vector<std::string> new_ops, vanished_ops;  ///< "case: op".

  bool is_slow(const CycleChange& change) const { return change.percent() > threshold; }
  /// Those beyond the threshold, the worst first.
  std::vector<CycleChange> slower() const;
  /// Something is beyond the threshold, or a verdict got worse.
  bool fails() const;
};

/// Throws InputError when `file` is no results.json of this version and of one RTL tree.
BaselineResults read_results(const std::string& file);

/// `all_names` are those of the whole suite: a case that a filter left out has not vanished. Cycles
/// count where the op was compared; those of a case that did not end are not looked at.
BaselineChanges compare_with_baseline(const BaselineResults& baseline, const Regression& now,
                                      const std::set<std::string>& all_names, double threshold);

/// Whether a verdict is worse than another one: match, then mismatch, then the failures.
bool is_worse(CaseState was, CaseState is);

}  // namespace systole::regress
