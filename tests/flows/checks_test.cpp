// checks_test.cpp: the checks of the tree notice what they are for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::HasSubstr;

/// The output of the include check on a tree whose one file `path` holds `line`.
Finished check_includes(const std::string& path, const std::string& line) {
  const TempDirectory root;
  std::filesystem::create_directories((root / path).parent_path());
  write_text(root / path, "// A file.\n" + line + "\n");
  return run_process(
      {"python3", SYSTOLE_SOURCE_DIR "/flows/checks/include_direction.py", root.path()});
}

TEST(IncludeDirection, RefusesAnIncludeThatPointsDownstream) {
  const Finished check = check_includes("model/ops/a.cpp", "#include \"model/network/network.h\"");
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(check.out, HasSubstr("model/ops/a.cpp:2: model/ops may not include model/network"));
}

TEST(IncludeDirection, RefusesTheModelToKnowTheSimulation) {
  EXPECT_EQ(check_includes("golden/a.h", "#include \"sim/channel/beats.h\"").exit_code, 1);
}

TEST(IncludeDirection, LetsCheckIncludeTheModelOnly) {
  EXPECT_EQ(check_includes("sim/check/a.h", "#include \"model/tensor/tensor.h\"").exit_code, 0);
  EXPECT_EQ(check_includes("sim/check/a.h", "#include \"sim/schedule/job.h\"").exit_code, 1);
}

TEST(IncludeDirection, KeepsYamlAndVerilatedHeadersInTheirPlaces) {
  EXPECT_EQ(check_includes("flows/cli/a.cpp", "#include <yaml-cpp/yaml.h>").exit_code, 1);
  EXPECT_EQ(check_includes("sim/bench/a.cpp", "#include \"Vdut.h\"").exit_code, 1);
  EXPECT_EQ(check_includes("sim/dut/adapter/a.cpp", "#include \"Vdut.h\"").exit_code, 0);
}

TEST(IncludeDirection, AcceptsWhatPointsUpstream) {
  EXPECT_EQ(check_includes("sim/run/a.cpp", "#include \"sim/bench/bench.h\"").exit_code, 0);
  EXPECT_EQ(check_includes("model/fuse/a.cpp", "#include \"model/config/error.h\"").exit_code, 0);
}

TEST(Setup, ListsThePackagesWithoutInstallingThem) {
  const Finished setup = run_process({SYSTOLE_SOURCE_DIR "/flows/setup", "--list"});
  EXPECT_EQ(setup.exit_code, 0);
  EXPECT_THAT(setup.out, HasSubstr("verilator\n"));
}

TEST(Setup, RefusesUnknownOptions) {
  EXPECT_EQ(run_process({SYSTOLE_SOURCE_DIR "/flows/setup", "--lits"}).exit_code, 2);
}

TEST(UniqueTypes, RefuseTwoTypesOfOneNameInOneNamespace) {
  const TempDirectory root;
  for (const char* folder : {"model", "sim"}) std::filesystem::create_directories(root / folder);
  const auto check = [&] {
    return run_process(
        {"python3", SYSTOLE_SOURCE_DIR "/flows/checks/unique_types.py", root.path()});
  };
  write_text(root / "model/a.h", "namespace systole {\nstruct Unit {\n};\n}\n");
  write_text(root / "sim/a.h", "namespace systole::dut {\nclass Unit {\n};\n}\n");
  EXPECT_EQ(check().exit_code, 0);
  write_text(root / "sim/b.h", "namespace systole {\nenum class Unit {\n};\n}\n");
  EXPECT_EQ(check().exit_code, 1);
  EXPECT_THAT(check().out, HasSubstr("systole::Unit: model/a.h:2, sim/b.h:2"));
}

}  // namespace
}  // namespace systole::test
