// settings.cpp: reads a run configuration, checking each value against the key table.
#include "model/config/settings.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "model/config/nearest.h"
#include "model/config/value.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

/// A table's bound as an integer; bounds beyond 64 bits saturate.
std::int64_t integer_bound(double bound) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (bound <= static_cast<double>(Limits::min())) return Limits::min();
  if (bound >= static_cast<double>(Limits::max())) return Limits::max();
  return static_cast<std::int64_t>(bound);
}

std::string resolve(const std::string& path, const std::string& base_directory) {
  if (path.empty()) return path;
  return (fs::path(base_directory) / path).lexically_normal().string();
}

struct ToText {
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return value; }
};

}  // namespace

Settings Settings::load(const std::string& path, const KeyTable& table,
                        std::span<const std::string> overrides, const TableWords& words) {
  Settings settings;
  settings.table_ = table;
  settings.words_ = words;
  settings.file_ = path;

  const Value root = load_yaml(path);
  if (!root.is_null()) settings.read_map(root, "");
  for (const std::string& text : overrides) settings.read_override(text);
  settings.add_defaults();
  return settings;
}

void Settings::refuse_unknown(const Location& where, const std::string& key) const {
  std::string hint = did_you_mean(key, key_names(table_));
  if (hint.empty()) hint = "`" + words_.explain + "` lists all keys";
  throw InputError({.where = where,
                    .key = key,
                    .got = "an unknown key",
                    .expected = "a key of a configuration",
                    .hint = hint});
}

std::string Settings::explain_hint(const std::string& key) const {
  return fmt::format("`{} {}` lists its keys", words_.explain, key);
}

void Settings::read_map(const Value& map, const std::string& prefix) {
  for (const std::string& name : map.keys()) {
    const Value value = map.get(name);
    const std::string key = prefix + name;
    if (find_key(table_, key) != nullptr) {
      if (const auto earlier = entries_.find(key); earlier != entries_.end()) {
        throw InputError(
            {.where = value.location(),
             .key = key,
             .got = "the key a second time",
             .expected = "it once",
             .hint = fmt::format("it first appears in line {}", earlier->second.where.line)});
      }
      read_value(key, value, fs::path(file_).parent_path().string());
    } else if (is_key_group(table_, key)) {
      if (!value.is_map()) throw value.error("a map", explain_hint(key));
      read_map(value, key + ".");
    } else {
      refuse_unknown(value.location(), key);
    }
  }
}

void Settings::read_value(const std::string& key, const Value& value,
                          const std::string& base_directory) {
  const KeySpec& spec = *find_key(table_, key);
  Entry entry{spec.type, {}, 0, value.location(), true};
  switch (spec.type) {
    case KeyType::kInteger:
      entry.value =
          value.as_int(integer_bound(std::ceil(spec.lo)), integer_bound(std::floor(spec.hi)));
      break;
    case KeyType::kReal:
      entry.value = value.as_real(spec.lo, spec.hi);
      break;
    case KeyType::kBoolean:
      entry.value = value.as_bool();
      break;
    case KeyType::kString:
      entry.value = value.as_string();
      break;
    case KeyType::kPath:
      entry.value = resolve(value.as_string(), base_directory);
      break;
    case KeyType::kChoice:
      entry.choice_index = value.as_choice(std::span<const std::string>(spec.choices));
      entry.value = spec.choices[entry.choice_index];
      break;
  }
  entries_.insert_or_assign(key, std::move(entry));
}

void Settings::read_override(const std::string& text) {
  const Location where{words_.override_option + " " + text, 0};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError({.where = where, .key = "", .got = text, .expected = "key=value", .hint = ""});
  }
  const std::string key = text.substr(0, equals);
  if (find_key(table_, key) == nullptr) {
    if (is_key_group(table_, key)) {
      throw InputError({.where = where,
                        .key = key,
                        .got = "a group of keys",
                        .expected = "one key",
                        .hint = explain_hint(key)});
    }
    refuse_unknown(where, key);
  }
  read_value(key, Value::scalar(text.substr(equals + 1), where, key), "");
}

void Settings::add_defaults() {
  for (const KeySpec& spec : table_) {
    if (spec.is_wildcard() || entries_.contains(spec.key)) continue;
    if (spec.required) {
      throw InputError({.where = {file_, 0},
                        .key = spec.key,
                        .got = "nothing",
                        .expected = "this key",
                        .hint = spec.help});
    }
    const bool is_text = spec.type == KeyType::kString || spec.type == KeyType::kPath;
    if (spec.default_value.empty() && !is_text) continue;
    read_value(spec.key, Value::scalar(spec.default_value, {file_, 0}, spec.key), "");
    entries_.at(spec.key).is_set = false;
  }
}

const Settings::Entry& Settings::entry(std::string_view key) const {
  const auto found = entries_.find(key);
  assert(found != entries_.end() && "a key that the table does not have, or without value");
  return found->second;
}

std::int64_t Settings::integer(std::string_view key) const {
  return std::get<std::int64_t>(entry(key).value);
}

double Settings::real(std::string_view key) const { return std::get<double>(entry(key).value); }

bool Settings::boolean(std::string_view key) const { return std::get<bool>(entry(key).value); }

const std::string& Settings::text(std::string_view key) const {
  return std::get<std::string>(entry(key).value);
}

const std::string& Settings::choice(std::string_view key) const { return text(key); }

std::size_t Settings::choice_index(std::string_view key) const { return entry(key).choice_index; }

fs::path Settings::path(std::string_view key) const { return text(key); }

Location Settings::location(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? Location{file_, 0} : found->second.where;
}

bool Settings::is_set(std::string_view key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && found->second.is_set;
}

std::map<std::string, std::int64_t> Settings::entries(std::string_view prefix) const {
  std::map<std::string, std::int64_t> found;
  const std::string stem = std::string(prefix) + ".";
  for (const auto& [key, entry] : entries_) {
    const auto* value = std::get_if<std::int64_t>(&entry.value);
    if (key.starts_with(stem) && value != nullptr) found.emplace(key.substr(stem.size()), *value);
  }
  return found;
}

InputError Settings::error(std::string_view key, const std::string& expected,
                           const std::string& hint) const {
  const auto found = entries_.find(key);
  const std::string got =
      found == entries_.end() ? "nothing" : std::visit(ToText{}, found->second.value);
  return InputError({.where = location(key),
                     .key = std::string(key),
                     .got = got,
                     .expected = expected,
                     .hint = hint});
}

std::vector<std::pair<std::string, std::string>> Settings::dump() const {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const KeySpec& spec : table_) {
    for (const auto& [key, entry] : entries_) {
      if (find_key(table_, key) != &spec) continue;
      lines.emplace_back(key, std::visit(ToText{}, entry.value));
    }
  }
  return lines;
}

}  // namespace systole
