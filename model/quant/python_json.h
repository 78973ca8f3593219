// python_json.h: JSON laid out as Python's json module does; private to model/quant.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace systole {

/// Sorted keys, indents of 4, non-ASCII escaped, no line end behind; a double is the shortest text
/// that reads back as it, with a point or an exponent.
std::string to_python_json(const nlohmann::json& json);

}  // namespace systole
