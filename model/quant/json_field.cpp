// json_field.cpp: a JSON value that knows its file and key, for complaints.
#include "model/quant/json_field.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "model/config/error.h"
#include "model/config/nearest.h"

namespace systole {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr std::size_t kShown = 60;  ///< Characters of a value in a message.

std::string shown(const Json& json) {
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kShown) text = text.substr(0, kShown) + "...";
  return text;
}

}  // namespace

void JsonField::fail(const std::string& expected, const std::string& hint) const {
  throw InputError(
      {.where = {file}, .key = key, .got = shown(json), .expected = expected, .hint = hint});
}

bool JsonField::has(const std::string& name) const {
  if (!json.is_object()) fail("an object");
  return json.contains(name);
}

JsonField JsonField::get(const std::string& name) const {
  const std::string path = key.empty() ? name : key + "." + name;
  if (!has(name)) throw InputError({.where = {file}, .key = path, .expected = "this key"});
  return {json.at(name), file, path};
}

std::vector<JsonField> JsonField::items() const {
  if (!json.is_array()) fail("a list");
  std::vector<JsonField> fields;
  for (std::size_t i = 0; i < json.size(); ++i)
    fields.push_back({json[i], file, fmt::format("{}[{}]", key, i)});
  return fields;
}

double JsonField::number() const {
  if (!json.is_number() || !std::isfinite(json.get<double>())) fail("a finite number");
  return json.get<double>();
}

std::int64_t JsonField::integer(std::int64_t lo, std::int64_t hi) const {
  const double value = json.is_number() ? json.get<double>() : std::nan("");
  if (!(value == std::floor(value)) || value < static_cast<double>(lo) ||
      value > static_cast<double>(hi))
    fail(fmt::format("an integer in [{}, {}]", lo, hi));
  return static_cast<std::int64_t>(value);
}

const std::string& JsonField::text() const {
  if (!json.is_string()) fail("a text");
  return json.get_ref<const std::string&>();
}

bool JsonField::flag() const {
  if (!json.is_boolean()) fail("true or false");
  return json.get<bool>();
}

void JsonField::expect_keys(std::initializer_list<std::string_view> known) const {
  if (!json.is_object()) fail("an object");
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& item : json.items())
    if (std::find(names.begin(), names.end(), item.key()) == names.end())
      throw InputError({.where = {file},
                        .key = key + "." + item.key(),
                        .got = "an unknown key",
                        .expected = fmt::format("{}", fmt::join(names, ", ")),
                        .hint = did_you_mean(item.key(), names)});
}

Json parse_json_object(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;
  // Json would keep the last of two equal keys.
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth)
      throw InputError({.where = {file},
                        .got = "deeply nested JSON",
                        .expected = fmt::format("at most {} levels", kMaxDepth)});
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys.back().insert(parsed.get_ref<const std::string&>()).second)
      throw InputError({.where = {file},
                        .key = parsed.get_ref<const std::string&>(),
                        .got = "the key a second time",
                        .expected = "it once"});
    return true;
  };
  try {
    Json json = Json::parse(text, check);
    if (!json.is_object()) JsonField{json, file, ""}.fail("a JSON object");
    return json;
  } catch (const Json::exception& e) {
    throw InputError(
        {.where = {file}, .got = fmt::format("invalid JSON ({})", e.what()), .expected = "JSON"});
  }
}

}  // namespace systole
