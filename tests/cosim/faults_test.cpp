// faults_test.cpp: each one-line fault of faults/ is caught in exactly the ops and stages it
// states.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "model/config/value.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using Stages = std::map<std::string, std::string>;  // Op -> stage.

std::vector<std::string> fault_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(SYSTOLE_SOURCE_DIR "/tests/cosim/faults"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().stem());
  std::sort(files.begin(), files.end());
  return files;
}

/// Copies the RTL to `directory` with the fault's one line replaced.
void plant(const Value& fault, const fs::path& directory) {
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", directory, fs::copy_options::recursive);
  test::replace_once(directory / fault.get("file").as_string(), fault.get("find").as_string(),
                     fault.get("replace").as_string());
}

Stages stated(const Value& fault) {
  Stages stages;
  for (const std::string& op : fault.get("fails").keys())
    stages[op] = fault.get("fails").get(op).as_string();
  return stages;
}

Stages reported(const nlohmann::json& verdict) {
  Stages stages;
  for (const auto& op : verdict["ops"]) {
    if (op["state"] == "mismatch") stages[op["name"]] = op.value("stage", "");
    if (op["state"] == "failed") stages[op["name"]] = "failed";
  }
  return stages;
}

class Fault : public testing::TestWithParam<std::string> {};

TEST_P(Fault, FailsExactlyTheStatedOps) {
  const Value fault = load_yaml(SYSTOLE_SOURCE_DIR "/tests/cosim/faults/" + GetParam() + ".yaml");
  fault.expect_keys({"file", "find", "replace", "bundle", "set", "exit", "fails"});
  const test::TempDirectory directory;
  ASSERT_NO_FATAL_FAILURE(plant(fault, directory / "rtl"));

  std::vector<std::string> settings = {"dut.dir=" + (directory / "rtl").string()};
  if (fault.find("bundle")) {
    ASSERT_EQ(fault.get("bundle").as_string(), "without_relu");
    ASSERT_NO_FATAL_FAILURE(test::copy_digits_without_relu(directory / "bundle"));
    settings.push_back("network=" + (directory / "bundle").string());
  }
  for (const Value& setting : fault.get("set").items()) settings.push_back(setting.as_string());
  const test::WholeRun run = test::run(settings);

  EXPECT_EQ(run.finished.exit_code, fault.get("exit").as_int()) << run.finished.err;
  EXPECT_EQ(reported(run.verdict), stated(fault)) << run.finished.out;
}

INSTANTIATE_TEST_SUITE_P(Planted, Fault, testing::ValuesIn(fault_files()),
                         [](const auto& fault) { return fault.param; });

}  // namespace
}  // namespace systole
