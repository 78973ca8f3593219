// page.h: a regression as one HTML page that needs nothing else.
#pragma once

#include <string>

#include "flows/regress/history.h"
#include "flows/regress/results_json.h"

namespace systole::regress {

/// Summary, what differs and why, changes, cases, ops and history; links are relative to the
/// regression's folder. The last run of `history` is this one.
std::string to_page(const RegressionReport& report, const History& history);

}  // namespace systole::regress
