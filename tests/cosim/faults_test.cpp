// faults_test.cpp: each one-line fault of faults/ is caught in exactly the ops and stages it
// states.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "model/config/value.h"
#include "tests/support/process.h"

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
  const fs::path file = directory / fault.get("file").as_string();
  std::string text = test::read_text(file);
  const std::string& find = fault.get("find").as_string();
  const std::size_t at = text.find(find);
  ASSERT_NE(at, std::string::npos) << file << " has no line with: " << find;
  ASSERT_EQ(text.find(find, at + 1), std::string::npos) << find << " stands twice in " << file;
  text.replace(at, find.size(), fault.get("replace").as_string());
  test::write_text(file, text);
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
  fault.expect_keys({"file", "find", "replace", "set", "exit", "fails"});
  const test::TempDirectory directory;
  plant(fault, directory / "rtl");

  std::vector<std::string> arguments = {"run",     SYSTOLE_SOURCE_DIR "/configs/digits.yaml",
                                        "--rtl",   directory / "rtl",
                                        "-o",      directory / "out",
                                        "--count", "1",
                                        "--set",   "dut.optimize=O1"};
  for (const Value& setting : fault.get("set").items())
    arguments.insert(arguments.end(), {"--set", setting.as_string()});
  const test::Finished run = test::run_systole(arguments);

  EXPECT_EQ(run.exit_code, fault.get("exit").as_int()) << run.out << run.err;
  const auto verdict = nlohmann::json::parse(test::read_text(directory / "out/verdict.json"));
  EXPECT_EQ(reported(verdict), stated(fault)) << run.out << run.err;
}

INSTANTIATE_TEST_SUITE_P(Planted, Fault, testing::ValuesIn(fault_files()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace systole
