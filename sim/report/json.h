// json.h: verdict.json, the machine-readable verdict.
#pragma once

#include <string>

#include "sim/report/run_report.h"

namespace systole {

/// The whole report as indented JSON. Keys are stable: `verdict`, `compared`, `mismatched`,
/// `seconds`, `dut`, `ops`, `config`, ... (README.md).
std::string to_json(const RunReport& report);

}  // namespace systole
