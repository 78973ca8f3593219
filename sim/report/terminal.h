// terminal.h: a run's report as text for people.
#pragma once

#include <string>

#include "sim/report/run_report.h"

namespace systole {

/// Op table, explained differences and failures, host ops, verdict. `colour` adds ANSI escapes.
std::string to_text(const RunReport& report, bool colour);

/// 1234567 -> "1,234,567".
std::string with_commas(std::int64_t value);

}  // namespace systole
