// suite.cpp: cases and their defaults.
#include "flows/regress/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "flows/regress/suite_fields.h"
#include "model/config/nearest.h"

namespace systole::regress {

namespace fs = std::filesystem;

namespace {

constexpr double kLongest = 7 * 24 * 3600.0;

/// `key=value` with the value resolved where the key is a path.
std::string read_setting(const Value& value, const SuiteContext& context) {
  const std::string& text = value.as_string();
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw value.error("key=value", "as after --set of systole run");
  const std::string key = text.substr(0, equals), given = text.substr(equals + 1);
  const KeySpec* spec = find_key(context.run_keys, key);
  if (!spec)
    throw value.error("a key of a run configuration",
                      did_you_mean(key, key_names(context.run_keys)));
  if (spec->type != KeyType::kPath || given.empty() || fs::path(given).is_absolute()) return text;
  return key + "=" + (context.folder / given).lexically_normal().string();
}

Case read_case(const Value& map, const SuiteContext& context, const Case& defaults) {
  map.expect_keys({"name", "config", "set", "tags", "time_limit"});
  Case result = defaults;
  result.where = map.location();
  result.name = map.get("name").as_string();
  check_case_name(map.get("name"), result.name);
  read_shared_fields(map, context, result);
  if (result.config.empty()) map.get("config");  // Throws: neither here nor in the defaults.
  return result;
}

void check_names(const std::vector<Case>& cases) {
  std::map<std::string, int> lines;
  for (const Case& one : cases) {
    const auto [found, is_new] = lines.emplace(one.name, one.where.line);
    if (is_new) continue;
    throw InputError({.where = one.where,
                      .key = "cases",
                      .got = fmt::format("a second case '{}'", one.name),
                      .expected = fmt::format("names of their own; line {} has it", found->second),
                      .hint = "give a `name` to products that overlap"});
  }
}

}  // namespace

std::string existing_path(const Value& path, const SuiteContext& context) {
  const fs::path resolved = (context.folder / path.as_string()).lexically_normal();
  if (!fs::exists(resolved))
    throw path.error("a path that exists, counted from the suite's folder",
                     fmt::format("there is no {}", resolved.string()));
  return resolved.string();
}

void check_case_name(const Value& value, const std::string& name) {
  const auto is_plain = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  constexpr std::size_t kLongestName = 200;
  if (name.empty() || name.size() > kLongestName || name[0] == '.' || name[0] == '-' ||
      !std::all_of(name.begin(), name.end(), is_plain))
    throw value.error("a name of letters, digits, '_', '-' and '.', such as digits.8x8");
}

std::vector<std::string> read_settings(const Value& list, const SuiteContext& context) {
  std::vector<std::string> settings;
  for (const Value& item : list.items()) settings.push_back(read_setting(item, context));
  return settings;
}

void read_shared_fields(const Value& map, const SuiteContext& context, Case& to) {
  if (const auto config = map.find("config")) to.config = existing_path(*config, context);
  if (const auto limit = map.find("time_limit")) to.time_limit = limit->as_real(0.1, kLongest);
  if (const auto set = map.find("set"))
    for (std::string& setting : read_settings(*set, context)) to.set.push_back(std::move(setting));
  if (const auto tags = map.find("tags"))
    for (const Value& tag : tags->items()) to.tags.push_back(tag.as_string());
}

Suite read_suite(const std::string& file, const KeyTable& run_keys) {
  constexpr double kDefaultLimit = 600.0;
  const Value root = load_yaml(file);
  root.expect_keys({"jobs", "retries", "defaults", "cases", "matrix"});
  const SuiteContext context{fs::path(file).parent_path(), run_keys};
  Suite suite;
  suite.file = file;
  suite.name = fs::path(file).stem().string();
  if (const auto jobs = root.find("jobs")) suite.jobs = static_cast<int>(jobs->as_int(1, 1024));
  if (const auto retries = root.find("retries"))
    suite.retries = static_cast<int>(retries->as_int(0, 10));

  Case defaults;
  defaults.time_limit = kDefaultLimit;
  if (const auto map = root.find("defaults")) {
    map->expect_keys({"config", "set", "tags", "time_limit"});
    read_shared_fields(*map, context, defaults);
  }
  if (const auto cases = root.find("cases"))
    for (const Value& one : cases->items())
      suite.cases.push_back(read_case(one, context, defaults));
  if (const auto matrix = root.find("matrix"))
    for (const Value& one : matrix->items())
      for (Case& made : expand_matrix(one, context, defaults))
        suite.cases.push_back(std::move(made));
  if (suite.cases.empty())
    throw InputError({.where = file,
                      .got = "no case",
                      .expected = "at least one in `cases` or `matrix`",
                      .hint = "flows/regress/README.md shows both"});
  check_names(suite.cases);
  return suite;
}

}  // namespace systole::regress
