// finding_record.h: what a worker that investigates an op tells the parent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/run/explain.h"

namespace systole {

std::string encode(const Finding& finding);
/// Nothing when `bytes` are none.
std::optional<Finding> decode_finding(std::string_view bytes);

}  // namespace systole
