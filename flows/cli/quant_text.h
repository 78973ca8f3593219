// quant_text.h: a quantisation report as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/fuse/quant_report.h"

namespace systole {

/// Tables of weights, activations and costs, totals, warnings.
std::string to_text(const QuantReport& report);

/// The same; an infinite SQNR (no noise) is null.
nlohmann::ordered_json to_json(const QuantReport& report);
nlohmann::ordered_json to_json(const TensorReport& tensor);

}  // namespace systole
