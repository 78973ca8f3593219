// resume.cpp: is it the same run, and are its results whole?
#include "flows/cli/resume.h"

#include <map>

#include "model/config/error.h"
#include "sim/run/options.h"

namespace systole {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Map = std::map<std::string, std::string>;

Map to_map(const Pairs& pairs) { return {pairs.begin(), pairs.end()}; }

std::string quoted(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? "nothing" : "'" + found->second + "'";
}

void expect_equal(const std::string& file, const std::string& what, const Map& earlier,
                  const Map& now) {
  Map all = earlier;
  all.insert(now.begin(), now.end());
  for (const auto& [key, ignored] : all)
    if (quoted(earlier, key) != quoted(now, key))
      throw InputError({.where = file,
                        .key = what + key,
                        .got = quoted(earlier, key),
                        .expected = quoted(now, key) + ", as in this run",
                        .hint = "only the same run can be resumed: give it what it had, or run "
                                "without --resume"});
}

/// Without the keys that do not change what a run gives.
Map results_of(const Pairs& config) {
  Map map = to_map(config);
  for (const KeySpec& key : worker_keys()) map.erase(key.key);
  return map;
}

[[noreturn]] void damaged(const std::string& where, const std::string& op, const std::string& got,
                          const std::string& expected) {
  throw InputError({.where = where,
                    .key = op,
                    .got = got,
                    .expected = expected,
                    .hint = "it is damaged: run without --resume"});
}

}  // namespace

void check_same_run(const EarlierVerdict& earlier, const RunReport& report) {
  const auto expect = [&](const std::string& what, const std::string& then,
                          const std::string& now) {
    expect_equal(earlier.file, "", {{what, then}}, {{what, now}});
  };
  expect_equal(earlier.file, "config.", results_of(earlier.config), results_of(report.config));
  expect("op_pattern", earlier.op_pattern, report.op_pattern);
  if (!report.network_hash.empty())
    expect("network.hash", earlier.network_hash, report.network_hash);
  if (!report.input_hashes.empty())
    expect_equal(earlier.file, "inputs.sha256.", to_map(earlier.input_hashes),
                 to_map(report.input_hashes));
  if (earlier.dut_key.empty() || report.dut.key.empty()) return;  // Nothing was simulated, or yet.
  expect("dut.key", earlier.dut_key, report.dut.key);
  expect("tools.systole", earlier.version, to_map(report.tools).at("systole"));
}

EarlierOps take_over(const EarlierVerdict& earlier, const std::string& rtl, const Trace& golden) {
  EarlierOps ops;
  std::optional<TraceReader> trace;
  for (const OpVerdict& op : earlier.ops) {
    if (op.state != OpState::kMatch && op.state != OpState::kMismatch) continue;
    const auto expected = golden.tensors.find(op.name);
    if (expected == golden.tensors.end() || is_real(expected->second))
      damaged(earlier.file, op.name, "an op", "one of this network's that the design computes");
    if (!trace) trace.emplace(rtl);
    const AnyTensor tensor = trace->read(op.name);
    if (is_real(tensor) || shape_of(tensor) != shape_of(expected->second))
      damaged(rtl, op.name, "a tensor of another shape or type",
              "the one that the design computed");
    if ((integers(tensor).data == integers(expected->second).data) !=
        (op.state == OpState::kMatch || !op.first))
      damaged(rtl, op.name, "a tensor", "one that gives the verdict's row");
    ops[op.name] = {op, std::nullopt};
    if (op.state == OpState::kMismatch) ops[op.name].tensor = integers(tensor);
  }
  return ops;
}

}  // namespace systole
