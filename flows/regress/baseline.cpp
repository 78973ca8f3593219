// baseline.cpp: by case and op, by name.
#include "flows/regress/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "flows/regress/results_json.h"
#include "model/config/error.h"

namespace systole::regress {
namespace {

using Json = nlohmann::json;

InputError refusal(const std::string& file, const std::string& got) {
  return InputError({.where = file,
                     .key = "--baseline",
                     .got = got,
                     .expected = "results.json of a regression of one RTL tree",
                     .hint = "systole regress SUITE -o DIR writes DIR/results.json"});
}

int rank(CaseState state) {
  switch (state) {
    case CaseState::kMatch:
      return 0;
    case CaseState::kMismatch:
      return 1;
    case CaseState::kFlaky:
    case CaseState::kTimeout:
    case CaseState::kFailed:
    case CaseState::kNotRun:
      return 2;
  }
  return 2;
}

/// Differences between the ops of a case that both regressions ended.
void compare_ops(const BaselineCase& was, const CaseResult& is, BaselineChanges& report) {
  std::map<std::string, std::uint64_t> earlier(was.cycles.begin(), was.cycles.end());
  std::uint64_t sum_was = 0, sum_is = 0;
  const auto add = [&](const std::string& op, std::uint64_t then, std::uint64_t now) {
    if (then > 0 && now > 0 && then != now) report.changes.push_back({is.name, op, then, now});
  };
  std::vector<CycleChange> ops;
  for (const OpVerdict& op : is.verdict.ops) {
    const auto found = earlier.find(op.name);
    if (found == earlier.end()) {
      report.new_ops.push_back(is.name + ": " + op.name);
      continue;
    }
    sum_was += found->second;
    sum_is += op.cycles;
    if (found->second > 0 && op.cycles > 0 && found->second != op.cycles)
      ops.push_back({is.name, op.name, found->second, op.cycles});
    earlier.erase(found);
  }
  for (const auto& [name, cycles] : was.cycles)
    if (earlier.count(name) > 0) report.vanished_ops.push_back(is.name + ": " + name);
  add("", sum_was, sum_is);
  report.changes.insert(report.changes.end(), ops.begin(), ops.end());
}

bool has_cycles(CaseState state) {
  return state == CaseState::kMatch || state == CaseState::kMismatch || state == CaseState::kFlaky;
}

}  // namespace

double CycleChange::percent() const {
  // So that 1,010 after 1,000 is 1 % and not a trifle more.
  return 100.0 * (static_cast<double>(is) - static_cast<double>(was)) / static_cast<double>(was);
}

std::vector<CycleChange> BaselineChanges::slower() const {
  std::vector<CycleChange> found;
  for (const CycleChange& change : changes)
    if (is_slow(change)) found.push_back(change);
  std::stable_sort(found.begin(), found.end(), [](const CycleChange& a, const CycleChange& b) {
    return a.percent() > b.percent();
  });
  return found;
}

bool BaselineChanges::fails() const {
  return !worse.empty() || std::any_of(changes.begin(), changes.end(),
                                       [&](const CycleChange& change) { return is_slow(change); });
}

bool is_worse(CaseState was, CaseState is) { return rank(is) > rank(was); }

BaselineResults read_results(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw refusal(file, "no file that can be read");
  const Json json = Json::parse(in, nullptr, false);
  if (json.is_discarded()) throw refusal(file, "no JSON");
  if (!json.is_object() || json.value("format", Json()) != kResultsFormat)
    throw refusal(file, "other JSON");
  if (json.value("version", Json()) != kResultsVersion) throw refusal(file, "another version");
  BaselineResults baseline{file, {}};
  try {
    for (const Json& one : json.at("cases")) {
      if (one.contains("side")) throw refusal(file, "a comparison of two RTL trees");
      BaselineCase made{one.at("name"), case_state(one.at("state").get<std::string>()), {}};
      for (const Json& op : one.at("ops")) made.cycles.emplace_back(op.at("name"), op.at("cycles"));
      baseline.cases.push_back(std::move(made));
    }
  } catch (const InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw refusal(file, std::string("damaged JSON: ") + error.what());
  }
  return baseline;
}

BaselineChanges compare_with_baseline(const BaselineResults& baseline, const Regression& now,
                                      const std::set<std::string>& all_names, double threshold) {
  BaselineChanges report;
  report.file = baseline.file;
  report.threshold = threshold;
  std::map<std::string, const BaselineCase*> earlier;
  for (const BaselineCase& one : baseline.cases) {
    earlier[one.name] = &one;
    if (all_names.count(one.name) == 0) report.vanished_cases.push_back(one.name);
  }
  for (const CaseResult& one : now.cases) {
    const auto found = earlier.find(one.name);
    if (found == earlier.end()) {
      report.new_cases.push_back(one.name);
      continue;
    }
    if (one.state == CaseState::kNotRun) continue;
    const BaselineCase& was = *found->second;
    if (is_worse(was.state, one.state)) report.worse.push_back({one.name, was.state, one.state});
    if (has_cycles(was.state) && has_cycles(one.state)) compare_ops(was, one, report);
  }
  return report;
}

}  // namespace systole::regress
