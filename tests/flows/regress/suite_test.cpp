// suite_test.cpp: what a suite's file becomes, and which files are refused.
#include "flows/regress/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flows/cli/run_config.h"
#include "flows/regress/plan.h"
#include "model/config/error.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

using namespace regress;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// A folder with a configuration, `run.yaml`, a bundle's folder, `net`, and suites.
class Suites : public testing::Test {
 protected:
  Suites() {
    folder_.write("run.yaml", "network: net\n");
    std::filesystem::create_directory(folder_ / "net");
  }

  Suite read(const std::string& yaml) {
    return read_suite(folder_.write("all.yaml", yaml), run_keys());
  }
  std::vector<std::string> names(const std::string& yaml) {
    std::vector<std::string> names;
    for (const Case& one : read(yaml).cases) names.push_back(one.name);
    return names;
  }
  std::string refusal(const std::string& yaml) {
    try {
      read(yaml);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  }

  TempDirectory folder_;
};

TEST_F(Suites, AProductHasACasePerChoiceAndNamesThemByIt) {
  EXPECT_THAT(names("matrix:\n"
                    "  - name: n\n"
                    "    config: run.yaml\n"
                    "    arrays: [{Rows: 8, Cols: 4}, {Rows: 2, Cols: 2, AccDepth: 64}]\n"
                    "    stall_seeds: [0, 7]\n"),
              ElementsAre("n.8x4", "n.8x4.stall7", "n.2x2_AccDepth64", "n.2x2_AccDepth64.stall7"));
}

TEST_F(Suites, EveryAxisSetsItsKeys) {
  const Suite suite = read(
      "defaults: {config: run.yaml, set: [inputs.count=2]}\n"
      "matrix:\n"
      "  - networks: {tiny: net}\n"
      "    arrays: [{Rows: 8, Cols: 4}]\n"
      "    recipes: {w4: [quantize.weight_bits=4]}\n"
      "    stall_seeds: [7]\n"
      "    stall_rate: 0.5\n");
  ASSERT_EQ(suite.cases.size(), 1);
  EXPECT_EQ(suite.cases[0].name, "tiny.8x4.w4.stall7");
  EXPECT_EQ(suite.cases[0].config, folder_.path("run.yaml"));
  EXPECT_THAT(suite.cases[0].set,
              ElementsAre("inputs.count=2", "network=" + folder_.path("net"),
                          "dut.parameters.Rows=8", "dut.parameters.Cols=4",
                          "quantize.weight_bits=4", "bench.stall_rate=0.5", "bench.stall_seed=7"));
}

TEST_F(Suites, ACaseAddsToTheDefaults) {
  const Suite suite = read(
      "jobs: 3\nretries: 1\n"
      "defaults: {config: run.yaml, set: [inputs.count=2], tags: [all], time_limit: 9}\n"
      "cases:\n"
      "  - {name: a}\n"
      "  - {name: b, set: [inputs.count=1], tags: [b], time_limit: 0.5}\n");
  EXPECT_EQ(suite.jobs, 3);
  EXPECT_EQ(suite.retries, 1);
  EXPECT_THAT(suite.cases[1].set, ElementsAre("inputs.count=2", "inputs.count=1"));
  EXPECT_THAT(suite.cases[1].tags, ElementsAre("all", "b"));
  EXPECT_EQ(suite.cases[0].time_limit, 9);
  EXPECT_EQ(suite.cases[1].time_limit, 0.5);
}

TEST_F(Suites, PathsAmongSettingsCountFromTheSuitesFolder) {
  const Suite suite =
      read("cases:\n  - {name: a, config: run.yaml, set: [dut.dir=rtl, dut.top=a/b]}\n");
  EXPECT_THAT(suite.cases[0].set, ElementsAre("dut.dir=" + folder_.path("rtl"), "dut.top=a/b"));
}

TEST_F(Suites, FiltersTakePatternsAndTags) {
  const Suite suite = read(
      "defaults: {config: run.yaml}\n"
      "cases: [{name: a.8x8, tags: [x]}, {name: a.4x4, tags: [x, y]}, {name: b.8x8, tags: [z]}]\n");
  const auto select = [&](const CaseFilter& filter) {
    std::vector<std::string> names;
    for (const Case& one : select_cases(suite, filter)) names.push_back(one.name);
    return names;
  };
  EXPECT_THAT(select({}), ElementsAre("a.8x8", "a.4x4", "b.8x8"));
  EXPECT_THAT(select({"*.8x8", {}}), ElementsAre("a.8x8", "b.8x8"));
  EXPECT_THAT(select({"", {"y", "z"}}), ElementsAre("a.4x4", "b.8x8"));
  EXPECT_THAT(select({"a*", {"x"}}), ElementsAre("a.8x8", "a.4x4"));
  EXPECT_THROW(select({"b*", {"x"}}), InputError);
}

TEST_F(Suites, SayWhatIsWrongWithThemAndWhere) {
  EXPECT_THAT(refusal("jobs: 2\n"), HasSubstr("got no case"));
  EXPECT_THAT(refusal("cases: []\nmatrix: []\n"), HasSubstr("got no case"));
  EXPECT_THAT(refusal("cases:\n  - {name: a, confg: run.yaml}\n"),
              HasSubstr("all.yaml:2: cases[0].confg: got an unknown key"));
  EXPECT_THAT(refusal("cases:\n  - {name: a}\n"), HasSubstr("cases[0].config: got nothing"));
  EXPECT_THAT(refusal("cases:\n  - {name: a, config: absent.yaml}\n"),
              HasSubstr("expected a path that exists"));
  EXPECT_THAT(refusal("defaults: {config: run.yaml}\ncases: [{name: a}]\nmatrix:\n"
                      "  - {name: a, recipes: {}}\n"),
              HasSubstr("all.yaml:4: matrix[0].recipes: got a map, expected at least one entry"));
  EXPECT_THAT(refusal("defaults: {config: run.yaml}\ncases:\n  - {name: a}\n  - {name: a}\n"),
              HasSubstr("all.yaml:4: cases: got a second case 'a', expected names of their own; "
                        "line 3 has it"));
  EXPECT_THAT(refusal("cases:\n  - {name: a, config: run.yaml, set: [inputs.cuont=1]}\n"),
              HasSubstr("cases[0].set[0]: got inputs.cuont=1, expected a key of a run "
                        "configuration; did you mean inputs.count?"));
  EXPECT_THAT(refusal("cases:\n  - {name: a, config: run.yaml, set: [inputs.count]}\n"),
              HasSubstr("expected key=value"));
  EXPECT_THAT(refusal("retries: 11\n"), HasSubstr("expected an integer in [0, 10]"));
  EXPECT_THAT(refusal("cases:\n  - {name: a, config: run.yaml, time_limit: 0}\n"),
              HasSubstr("expected a number in [0.1, 604800]"));
}

TEST_F(Suites, NamesThatAreNoNamesOfFoldersAreRefused) {
  for (const char* name : {"''", "../a", "a/b", ".hidden", "-o", "'a b'", "ä"})
    EXPECT_THAT(refusal(std::string("cases:\n  - {config: run.yaml, name: ") + name + "}\n"),
                HasSubstr("cases[0].name"))
        << name;
}

TEST_F(Suites, AreNotLargerThanAPersonMeans) {
  std::string seeds = "0";
  for (int i = 1; i <= 100; ++i) seeds += ", " + std::to_string(i);
  std::string arrays = "{Rows: 2, Cols: 2}";
  for (int i = 3; i <= 102; ++i) arrays += ", {Rows: 2, Cols: " + std::to_string(i) + "}";
  EXPECT_THAT(refusal("matrix:\n  - {config: run.yaml, arrays: [" + arrays + "], stall_seeds: [" +
                      seeds + "]}\n"),
              HasSubstr("expected a product of at most 10000 cases"));
}

TEST_F(Suites, AWrongValueIsRefusedAtItsCaseBeforeAnythingRuns) {
  const Suite suite = read(
      "defaults: {config: run.yaml}\ncases:\n  - {name: a}\n"
      "  - {name: b, set: [dut.parameters.Rows=400]}\n");
  try {
    plan_tasks(suite.cases, {folder_.path("out"), {}, 1});
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("all.yaml:4: case b: "));
    EXPECT_THAT(error.what(), HasSubstr("expected an integer in [2, 64]"));
  }
}

TEST_F(Suites, TwoTreesGiveEachCaseTwoRuns) {
  const Suite suite = read("cases: [{name: a, config: run.yaml}]\n");
  const std::string a = folder_.path("net"), b = folder_.path();
  const auto tasks = plan_tasks(suite.cases, {"out", {a, b}, 3});
  ASSERT_EQ(tasks.size(), 2);
  EXPECT_EQ(tasks[0].task.plan.title(), "a [A]");
  EXPECT_EQ(tasks[1].task.out, "out/cases/a/B");
  EXPECT_THAT(tasks[1].task.command, Contains(b));
  EXPECT_THAT(tasks[1].task.command, Contains("3"));
  EXPECT_NE(tasks[0].identity, tasks[1].identity);
}

}  // namespace
}  // namespace systole::test
