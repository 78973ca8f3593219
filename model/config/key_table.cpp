// key_table.cpp: looks keys up and prints them.
#include "model/config/key_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/config/nearest.h"

namespace systole {
namespace {

/// Whether `key` is `stem` (`dut.parameters`) plus one component.
bool is_entry_of(std::string_view key, std::string_view stem) {
  return key.size() > stem.size() + 1 && key.starts_with(stem) && key[stem.size()] == '.' &&
         key.find('.', stem.size() + 1) == std::string_view::npos;
}

bool is_in_group(std::string_view key, std::string_view group) {
  return key.size() > group.size() && key.starts_with(group) && key[group.size()] == '.';
}

std::string range_text(const KeySpec& spec) {
  if (std::isinf(spec.lo) && std::isinf(spec.hi)) return "";
  if (std::isinf(spec.hi)) return fmt::format(", at least {}", spec.lo);
  if (std::isinf(spec.lo)) return fmt::format(", at most {}", spec.hi);
  return fmt::format(" in [{}, {}]", spec.lo, spec.hi);
}

std::string type_text(const KeySpec& spec) {
  switch (spec.type) {
    case KeyType::kInteger:
      return "integer" + range_text(spec);
    case KeyType::kReal:
      return "real" + range_text(spec);
    case KeyType::kBoolean:
      return "true or false";
    case KeyType::kString:
      return "text";
    case KeyType::kPath:
      return "path";
    case KeyType::kChoice:
      return fmt::format("one of {}", fmt::join(spec.choices, ", "));
  }
  return "";
}

std::string explain_one(const KeySpec& spec) {
  std::string text = fmt::format("{}\n    {}", spec.key, type_text(spec));
  if (spec.required) {
    text += "; required";
  } else if (!spec.default_value.empty()) {
    text += "; default " + spec.default_value;
  }
  text += "\n";
  if (!spec.help.empty()) text += fmt::format("    {}\n", spec.help);
  return text;
}

}  // namespace

const KeySpec* find_key(const KeyTable& table, std::string_view key) {
  const KeySpec* wildcard = nullptr;
  for (const KeySpec& spec : table) {
    if (spec.is_wildcard()) {
      const std::string_view stem = std::string_view(spec.key).substr(0, spec.key.size() - 2);
      if (is_entry_of(key, stem)) wildcard = &spec;
    } else if (spec.key == key) {
      return &spec;
    }
  }
  return wildcard;
}

bool is_key_group(const KeyTable& table, std::string_view key) {
  return std::any_of(table.begin(), table.end(),
                     [&](const KeySpec& spec) { return is_in_group(spec.key, key); });
}

std::vector<std::string> key_names(const KeyTable& table) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const KeySpec& spec : table) {
    for (std::size_t dot = spec.key.find('.'); dot != std::string::npos;
         dot = spec.key.find('.', dot + 1)) {
      add(spec.key.substr(0, dot));
    }
    if (!spec.is_wildcard()) add(spec.key);
  }
  return names;
}

std::string explain(const KeyTable& table, std::string_view key) {
  std::string text;
  for (const KeySpec& spec : table) {
    if (key.empty() || spec.key == key || is_in_group(spec.key, key)) text += explain_one(spec);
  }
  if (!text.empty()) return text;
  if (const KeySpec* spec = find_key(table, key)) return explain_one(*spec);

  throw InputError({.where = {},
                    .key = std::string(key),
                    .got = "an unknown key",
                    .expected = "a key of a configuration",
                    .hint = did_you_mean(key, key_names(table))});
}

}  // namespace systole
