// terminal.h: a regression as text for people.
#pragma once

#include <string>

#include "flows/regress/results_json.h"

namespace systole::regress {

/// Table of cases, what is wrong with them, changes against the baseline or between two trees,
/// verdict. `colour` adds ANSI escapes.
std::string to_text(const RegressionReport& report, bool colour);

}  // namespace systole::regress
