// select.cpp: shell patterns, finished jobs.
#include "sim/run/select.h"

#include <fnmatch.h>

#include <set>

#include "model/config/error.h"

namespace systole {
namespace {

bool matches(const IntNode* node, const std::string& pattern) {
  return node && fnmatch(pattern.c_str(), node->name.c_str(), 0) == 0;
}

InputError nothing_selected(const std::string& pattern, const std::string& what,
                            const std::string& names) {
  return InputError(
      {{}, "--op", "'" + pattern + "'", "the name or pattern of " + what + ": " + names, ""});
}

}  // namespace

void check_pattern(const IntNetwork& network, const std::string& pattern) {
  std::string names;
  for (const IntNode& node : network.nodes) {
    if (pattern.empty() || matches(&node, pattern)) return;
    names += (names.empty() ? "" : ", ") + node.name;
  }
  throw nothing_selected(pattern, "an op", names);
}

std::vector<Job> select_jobs(const Plan& plan, const std::string& pattern) {
  if (pattern.empty()) return plan.jobs;
  std::vector<Job> selected;
  std::string names;
  for (const Job& job : plan.jobs) {
    if (matches(job.product, pattern) || matches(job.quant, pattern)) selected.push_back(job);
    names += (names.empty() ? "" : ", ") + job.last().name;
  }
  if (selected.empty()) throw nothing_selected(pattern, "an op that the RTL computes", names);
  return selected;
}

void drop_unfinished(const std::vector<Job>& jobs, EarlierOps& earlier) {
  const auto lacks = [&](const IntNode* node) { return node && !earlier.contains(node->name); };
  std::set<const IntNode*> unfinished;  // Products.
  for (const Job& job : jobs)
    if (job.product && (lacks(job.product) || lacks(job.quant))) unfinished.insert(job.product);
  for (const Job& job : jobs) {
    if (!unfinished.contains(job.product)) continue;
    earlier.erase(job.product->name);
    if (job.quant) earlier.erase(job.quant->name);
  }
}

}  // namespace systole
