// history.h: what earlier regressions in the same folder gave, run by run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "flows/regress/result.h"

namespace systole::regress {

struct PastCase {
  CaseState state = CaseState::kMatch;
  std::uint64_t cycles = 0;
};

/// A regression that ended. A case's key is its title.
struct PastRun {
  std::string started;  ///< As Regression::started.
  std::string verdict;  ///< As `summary_word` gives it.
  double seconds = 0.0;
  std::map<std::string, PastCase> cases;
};

/// The oldest first.
using History = std::vector<PastRun>;

/// Reads `file`; empty where there is none. Throws InputError when it is damaged.
History read_history(const std::string& file);

PastRun to_past_run(const Regression& regression, bool slower);

/// Writes `history` atomically.
void write_history(const std::string& file, const History& history);

}  // namespace systole::regress
