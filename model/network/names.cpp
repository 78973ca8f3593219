// names.cpp: which names ops, inputs and sample sets may have.
#include "model/network/names.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

namespace systole {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_name_character(char c) {
  return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ||
         c == '/' || c == ':';
}

/// Plain words that YAML readers take for something else than text.
bool is_reserved(std::string text) {
  static const std::set<std::string> kWords = {"null", "true", "false", "yes", "no",
                                               "on",   "off",  "y",     "n"};
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return kWords.contains(text) || text.ends_with(':');
}

}  // namespace

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 200 && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

std::string read_name(const Value& value) {
  const std::string& text = value.as_string();
  if (!is_name(text))
    throw value.error("1 to 200 of the characters A-Z a-z 0-9 _ - . / :, a letter or _ first");
  return text;
}

std::string file_text(std::string name) {
  for (char& c : name)
    if (c == '/' || c == ':') c = '_';
  return name;
}

std::string yaml_text(const std::string& text) {
  if (is_name(text) && !is_reserved(text)) return text;
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace systole
