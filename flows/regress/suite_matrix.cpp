// suite_matrix.cpp: the product of a suite's axes.
#include <fmt/format.h>

#include "flows/regress/suite_fields.h"

namespace systole::regress {
namespace {

constexpr std::size_t kMostCases = 10000;
constexpr double kMostStallSeed = 2147483647.0;

/// One choice of an axis: its part of the case's name and what it sets.
struct Choice {
  std::string label;
  std::vector<std::string> set;
};
using Axis = std::vector<Choice>;

std::vector<Value> choices_of(const Value& list) {
  std::vector<Value> items = list.items();
  if (items.empty()) throw list.error("at least one entry");
  return items;
}

/// `networks: {name: bundle, ...}`.
Axis networks(const Value& map, const SuiteContext& context) {
  Axis axis;
  for (const std::string& name : map.keys()) {
    const Value bundle = map.get(name);
    check_case_name(bundle, name);
    axis.push_back({name, {"network=" + existing_path(bundle, context)}});
  }
  if (axis.empty()) throw map.error("at least one entry");
  return axis;
}

/// `arrays: [{Rows: 8, Cols: 4, ...}]`: parameters of the design.
Axis arrays(const Value& list) {
  Axis axis;
  for (const Value& item : choices_of(list)) {
    Choice choice{fmt::format("{}x{}", item.get("Rows").as_int(), item.get("Cols").as_int()), {}};
    for (const std::string& name : item.keys()) {
      const std::int64_t value = item.get(name).as_int();
      choice.set.push_back(fmt::format("dut.parameters.{}={}", name, value));
      if (name != "Rows" && name != "Cols") choice.label += fmt::format("_{}{}", name, value);
    }
    axis.push_back(std::move(choice));
  }
  return axis;
}

/// `recipes: {name: [key=value, ...]}`.
Axis recipes(const Value& map, const SuiteContext& context) {
  Axis axis;
  for (const std::string& name : map.keys()) {
    check_case_name(map.get(name), name);
    axis.push_back({name, read_settings(map.get(name), context)});
  }
  if (axis.empty()) throw map.error("at least one entry");
  return axis;
}

/// `stall_seeds: [0, 7]`: 0 is without stalls.
Axis stalls(const Value& list, double rate) {
  Axis axis;
  for (const Value& item : choices_of(list)) {
    const std::int64_t seed = item.as_int(0, static_cast<std::int64_t>(kMostStallSeed));
    if (seed == 0)
      axis.push_back({"", {"bench.stall_rate=0"}});
    else
      axis.push_back(
          {fmt::format("stall{}", seed),
           {fmt::format("bench.stall_rate={}", rate), fmt::format("bench.stall_seed={}", seed)}});
  }
  return axis;
}

/// Each of `cases` with each choice of `axis`.
std::vector<Case> times(const std::vector<Case>& cases, const Axis& axis, const Value& where) {
  if (cases.size() * axis.size() > kMostCases)
    throw where.error(fmt::format("a product of at most {} cases", kMostCases));
  std::vector<Case> product;
  for (const Case& one : cases)
    for (const Choice& choice : axis) {
      Case made = one;
      if (!choice.label.empty()) made.name += (made.name.empty() ? "" : ".") + choice.label;
      made.set.insert(made.set.end(), choice.set.begin(), choice.set.end());
      product.push_back(std::move(made));
    }
  return product;
}

}  // namespace

std::vector<Case> expand_matrix(const Value& map, const SuiteContext& context,
                                const Case& defaults) {
  constexpr double kDefaultStallRate = 0.25;
  map.expect_keys({"name", "config", "set", "tags", "time_limit", "networks", "arrays", "recipes",
                   "stall_seeds", "stall_rate"});
  Case common = defaults;
  common.where = map.location();
  if (const auto name = map.find("name")) {
    check_case_name(*name, name->as_string());
    common.name = name->as_string();
  }
  read_shared_fields(map, context, common);
  if (common.config.empty()) map.get("config");  // Throws: neither here nor in the defaults.

  std::vector<Case> cases = {common};
  const auto multiply = [&](const char* key, auto read) {
    if (const auto value = map.find(key)) cases = times(cases, read(*value), *value);
  };
  double rate = kDefaultStallRate;
  if (const auto value = map.find("stall_rate")) rate = value->as_real(0.001, 0.95);
  multiply("networks", [&](const Value& value) { return networks(value, context); });
  multiply("arrays", [](const Value& value) { return arrays(value); });
  multiply("recipes", [&](const Value& value) { return recipes(value, context); });
  multiply("stall_seeds", [&](const Value& value) { return stalls(value, rate); });
  for (const Case& one : cases)
    if (one.name.empty()) throw map.error("a `name`, or an axis that gives its cases names");
  return cases;
}

}  // namespace systole::regress
