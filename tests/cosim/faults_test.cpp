// faults_test.cpp: each one-line fault of faults/ is caught in exactly the ops that it states, and
// found in the stage and PE that it states.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "model/config/value.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/plant.h"
#include "tests/cosim/whole_run.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Stages = std::map<std::string, std::string>;  // Op -> stage.

/// The faults that every run of the tests plants, one of each kind, or the others.
std::vector<std::string> faults(bool always) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SYSTOLE_SOURCE_DIR "/tests/cosim/faults"))
    if (load_yaml(entry.path()).find("always").has_value() == always)
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

Stages stated(const Value& fault) {
  Stages stages;
  for (const std::string& op : fault.get("fails").keys())
    stages[op] = fault.get("fails").get(op).as_string();
  return stages;
}

Stages reported(const json& verdict) {
  Stages stages;
  for (const json& op : verdict["ops"]) {
    if (op["state"] == "mismatch") stages[op["name"]] = op.value("stage", "");
    if (op["state"] == "failed") stages[op["name"]] = "failed";
  }
  return stages;
}

/// What is expected of, and was found in, one of the ops that do not follow from another one.
struct Conclusion {
  std::string op, stage, failure;
  std::string row, column;  ///< Of the array; empty: none.

  bool operator==(const Conclusion&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Conclusion& one) {
  return out << one.op << ": stage '" << one.stage << "', failure '" << one.failure << "', PE row '"
             << one.row << "', column '" << one.column << "'";
}

std::string text_at(const Value& map, const std::string& key) {
  return map.find(key) ? map.get(key).as_string() : "";
}

std::string text_at(const json& map, const char* key) {
  if (!map.contains(key) || map[key].is_null()) return "";
  return map[key].is_string() ? map[key].get<std::string>() : map[key].dump();
}

/// The ops whose error does not come from their accumulators, in the network's order.
std::vector<Conclusion> expected_conclusions(const Value& fault, const json& verdict) {
  const Stages failing = stated(fault);
  std::vector<Conclusion> expected;
  for (const json& op : verdict["ops"]) {
    const auto stage = failing.find(op["name"]);
    if (stage == failing.end()) continue;
    const bool follows = op["name"].get<std::string>().ends_with(".quant");
    if (stage->second == "accumulator" && follows) continue;
    const Value& explained = fault.get("explained");
    const auto ops = explained.find("ops");
    const auto own = ops ? ops->find(stage->first) : std::nullopt;
    const Value& said = own ? *own : explained;
    expected.push_back({stage->first, text_at(said, "stage"), text_at(said, "failure"),
                        text_at(said, "row"), text_at(said, "column")});
  }
  return expected;
}

Conclusion conclusion_of(const json& op) {
  Conclusion conclusion{op["name"], "", "", "", ""};
  if (op.contains("failure")) conclusion.failure = text_at(op["failure"], "kind");
  if (!op.contains("explanation")) return conclusion;
  const json& explanation = op["explanation"];
  conclusion.stage = text_at(explanation, "stage");
  conclusion.row = text_at(explanation, "pe_row");
  conclusion.column = text_at(explanation, "pe_column");
  return conclusion;
}

class Fault : public testing::TestWithParam<std::string> {};

TEST_P(Fault, FailsExactlyTheStatedOpsAndIsFoundWhereItIs) {
  const Value fault = load_yaml(SYSTOLE_SOURCE_DIR "/tests/cosim/faults/" + GetParam() + ".yaml");
  fault.expect_keys(
      {"always", "kind", "file", "find", "replace", "bundle", "set", "exit", "fails", "explained"});
  const test::TempDirectory directory;
  ASSERT_NO_FATAL_FAILURE(test::plant(directory / "rtl", GetParam()));

  std::vector<std::string> settings = {"dut.dir=" + (directory / "rtl").string(), "dut.optimize=O0",
                                       "explain.ops=100"};
  if (fault.find("bundle")) {
    ASSERT_EQ(fault.get("bundle").as_string(), "without_relu");
    ASSERT_NO_FATAL_FAILURE(test::copy_digits_without_relu(directory / "bundle"));
    settings.push_back("network=" + (directory / "bundle").string());
  }
  for (const Value& setting : fault.get("set").items()) settings.push_back(setting.as_string());
  const test::WholeRun run = test::run(settings);

  EXPECT_EQ(run.finished.exit_code, fault.get("exit").as_int()) << run.finished.err;
  EXPECT_EQ(reported(run.verdict), stated(fault)) << run.finished.out;
  for (const Conclusion& expected : expected_conclusions(fault, run.verdict)) {
    const json op = test::row(run, expected.op);
    EXPECT_EQ(conclusion_of(op), expected) << op.dump(1);
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& fault) { return fault.param; }

INSTANTIATE_TEST_SUITE_P(Planted, Fault, testing::ValuesIn(faults(true)), name_of);
INSTANTIATE_TEST_SUITE_P(More, Fault, testing::ValuesIn(faults(false)), name_of);

}  // namespace
}  // namespace systole
