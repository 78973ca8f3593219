// lower_text.h: a lowering report as text and as JSON.
#pragma once

#include <string>

#include "model/lower/report.h"

namespace systole {

/// Op table, outputs, host ops with reasons, share of the MACs.
std::string to_text(const LowerReport& report);

/// One JSON object, pretty-printed. An infinite SQNR (no noise) is null.
std::string to_json(const LowerReport& report);

}  // namespace systole
