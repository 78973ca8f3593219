// finding_record.cpp: JSON between processes of one program.
#include "sim/run/finding_record.h"

#include <nlohmann/json.hpp>

namespace systole {
namespace {

using nlohmann::json;

}  // namespace

std::string encode(const Finding& finding) {
  json object = {
      {"evidence", finding.evidence}, {"wave", finding.wave}, {"reproducer", finding.reproducer}};
  if (finding.pe_row) object["pe_row"] = *finding.pe_row;
  if (finding.first_cycle) object["first_cycle"] = *finding.first_cycle;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Finding> decode_finding(std::string_view bytes) {
  const json object = json::parse(bytes, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  try {
    Finding finding;
    object.at("evidence").get_to(finding.evidence);
    object.at("wave").get_to(finding.wave);
    object.at("reproducer").get_to(finding.reproducer);
    if (object.contains("pe_row")) finding.pe_row = object["pe_row"];
    if (object.contains("first_cycle")) finding.first_cycle = object["first_cycle"];
    return finding;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace systole
