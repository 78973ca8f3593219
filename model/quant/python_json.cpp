// python_json.cpp: JSON laid out as Python's json module does.
#include "model/quant/python_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace systole {
namespace {

using Json = nlohmann::json;

std::string scalar(const Json& json) {
  if (!json.is_number_float()) return json.dump(-1, ' ', true, Json::error_handler_t::replace);
  // Json's own algorithm is not always the shortest.
  std::string text = fmt::format("{}", json.get<double>());
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

void append(std::string& out, const Json& json, std::size_t indent) {
  if (!json.is_structured() || json.empty()) {
    out += json.is_structured() ? json.dump() : scalar(json);
    return;
  }
  const std::string margin(indent + 4, ' ');
  out += json.is_object() ? '{' : '[';
  std::string_view separator = "\n";
  for (const auto& item : json.items()) {
    out += separator;
    out += margin;
    if (json.is_object()) out += scalar(item.key()) + ": ";
    append(out, item.value(), indent + 4);
    separator = ",\n";
  }
  out += '\n' + std::string(indent, ' ') + (json.is_object() ? '}' : ']');
}

}  // namespace

std::string to_python_json(const Json& json) {
  std::string out;
  append(out, json, 0);
  return out;
}

}  // namespace systole
