// bench_text.h: a benchmark's figures as tables.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "flows/cli/bench_baseline.h"

namespace systole {

/// Arrays, networks, and under what conditions.
std::string to_text(const nlohmann::ordered_json& figures);

/// Every figure beside the baseline's, and one line that says how many are worse.
std::string to_text(const BaselineReport& report, double tolerance);

}  // namespace systole
