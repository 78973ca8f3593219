// plan.cpp: filters, configurations, command lines.
#include "flows/regress/plan.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "flows/regress/identity.h"
#include "model/config/error.h"

namespace systole::regress {
namespace {

bool has_any(const Case& one, const std::vector<std::string>& tags) {
  return tags.empty() || std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
           return std::count(one.tags.begin(), one.tags.end(), tag) > 0;
         });
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + std::min(kMost, names.size()));
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > kMost ? ", ..." : "");
}

[[noreturn]] void nothing_left(const Suite& suite, const CaseFilter& filter) {
  std::vector<std::string> names;
  std::set<std::string> tags;
  for (const Case& one : suite.cases) {
    names.push_back(one.name);
    tags.insert(one.tags.begin(), one.tags.end());
  }
  const std::vector<std::string> tag_list(tags.begin(), tags.end());
  throw InputError({.where = suite.file,
                    .key = filter.tags.empty() ? "--match" : "--match and --tag",
                    .got = "no case that passes",
                    .expected = "at least one of " + some_of(names),
                    .hint = tags.empty() ? "" : "tags are " + some_of(tag_list)});
}

RunConfig config_of(const Case& one, const std::string& rtl) {
  std::vector<std::string> overrides = one.set;
  if (!rtl.empty()) overrides.push_back("dut.dir=" + rtl);
  try {
    return load_run_config(one.config, overrides);
  } catch (const InputError& error) {
    throw InputError(one.where, fmt::format("case {}: {}", one.name, error.what()));
  }
}

PlannedTask plan_task(const Case& one, const PlanOptions& options, const std::string& side,
                      const std::string& rtl, Identities& identities) {
  const RunConfig config = config_of(one, rtl);
  PlannedTask planned;
  CaseResult& plan = planned.task.plan;
  plan.name = one.name;
  plan.side = side;
  plan.tags = one.tags;
  plan.config = one.config;
  plan.set = one.set;
  plan.folder = "cases/" + one.name + (side.empty() ? "" : "/" + side);

  CaseTask& task = planned.task;
  task.out = options.out + "/" + plan.folder;
  task.time_limit = one.time_limit;
  task.command = {"/proc/self/exe", "run", one.config, "-o", task.out};
  for (const std::string& setting : one.set)
    task.command.insert(task.command.end(), {"--set", setting});
  if (!rtl.empty()) task.command.insert(task.command.end(), {"--rtl", rtl});
  task.command.insert(task.command.end(), {"--workers", std::to_string(options.workers)});
  planned.identity = identities.of(config);
  planned.dut = config.dut;
  if (options.fresh) {
    task.command.push_back("--fresh");
    planned.identity += " fresh";
  }
  if (options.coverage) {
    task.command.push_back("--coverage");
    planned.identity += " with coverage";
    planned.dut.instrument = Instrument::kCoverage;
  }
  return planned;
}

}  // namespace

std::vector<Case> select_cases(const Suite& suite, const CaseFilter& filter) {
  std::vector<Case> selected;
  for (const Case& one : suite.cases)
    if (has_any(one, filter.tags) &&
        (filter.match.empty() || fnmatch(filter.match.c_str(), one.name.c_str(), 0) == 0))
      selected.push_back(one);
  if (selected.empty()) nothing_left(suite, filter);
  return selected;
}

std::vector<PlannedTask> plan_tasks(const std::vector<Case>& cases, const PlanOptions& options) {
  Identities identities;
  std::vector<PlannedTask> tasks;
  for (const Case& one : cases) {
    if (options.rtl.size() < 2) {
      const std::string rtl = options.rtl.empty() ? "" : options.rtl[0];
      tasks.push_back(plan_task(one, options, "", rtl, identities));
      continue;
    }
    tasks.push_back(plan_task(one, options, "A", options.rtl[0], identities));
    tasks.push_back(plan_task(one, options, "B", options.rtl[1], identities));
  }
  return tasks;
}

}  // namespace systole::regress
