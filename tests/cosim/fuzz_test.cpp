// fuzz_test.cpp: the fuzzer finds planted faults, and its reproducers show them.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/network/bundle.h"
#include "tests/cosim/plant.h"
#include "tests/support/process.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The fuzzer's command line on one small core from `rtl`.
std::vector<std::string> arguments(const test::TempDirectory& directory, const fs::path& rtl,
                                   const std::vector<std::string>& more = {}) {
  const std::string config = directory.write(
      "fuzz.yaml",
      "network: none\ndut: {parameters: {Rows: 4, Cols: 4, AccDepth: 72}, optimize: O0}\n");
  std::vector<std::string> all = {"fuzz",   config,      "--rtl", rtl, "-o", directory / "out",
                                  "--json", "--workers", "1"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct Fuzzed {
  test::Finished finished;
  json report;
};

Fuzzed fuzz(const std::vector<std::string>& arguments) {
  Fuzzed fuzzed{test::run_systole(arguments), {}};
  fuzzed.report = json::parse(fuzzed.finished.out, nullptr, false);
  return fuzzed;
}

std::int64_t count_inputs(const std::string& directory) {
  const Bundle bundle = load_bundle(directory);
  std::int64_t count = 0;
  for (const auto& [name, tensor] : bundle.samples.at("test").inputs)
    count += element_count(shape_of(tensor));
  return count;
}

/// A planted fault, and at most how many values the inputs of its reproducer may have.
struct Planted {
  const char* name;
  std::int64_t most_values;
  int exit_code = 1;
};

class Finds : public testing::TestWithParam<Planted> {};

TEST_P(Finds, TheFaultAndLeavesASmallReproducer) {
  const test::TempDirectory directory;
  ASSERT_NO_FATAL_FAILURE(test::plant(directory / "rtl", GetParam().name));
  const Fuzzed fuzzed = fuzz(arguments(directory, directory / "rtl"));
  ASSERT_EQ(fuzzed.finished.exit_code, GetParam().exit_code) << fuzzed.finished.err;
  ASSERT_EQ(fuzzed.report["failures"].size(), 1U);
  const json& failure = fuzzed.report["failures"][0];
  EXPECT_LT(fuzzed.report["seconds"], 10.0);
  EXPECT_NE(failure["reduced_message"], "") << failure;

  const std::string reproducer = failure["reproducer"];
  EXPECT_LE(count_inputs(reproducer + "/bundle"), GetParam().most_values) << failure;
  const auto run = test::run_systole({"run", reproducer + "/run.yaml", "-o", directory / "again"});
  EXPECT_EQ(run.exit_code, GetParam().exit_code) << run.out << run.err;
}

INSTANTIATE_TEST_SUITE_P(Planted, Finds,
                         testing::Values(Planted{"residual_not_shifted", 2},
                                         Planted{"clear_misses_last_row", 64},
                                         Planted{"one_row_pass_never_ends", 8, 3}),
                         [](const auto& planted) { return std::string(planted.param.name); });

TEST(Fuzz, RunsOneCaseAgain) {
  const test::TempDirectory directory;
  ASSERT_NO_FATAL_FAILURE(test::plant(directory / "rtl", "weight_zero_extended"));
  const Fuzzed first = fuzz(arguments(directory, directory / "rtl", {"--seed", "9"}));
  ASSERT_EQ(first.report["failures"].size(), 1U) << first.finished.err;
  const json& failure = first.report["failures"][0];
  const Fuzzed again = fuzz(
      arguments(directory, directory / "rtl",
                {"--seed", "9", "--case", std::to_string(failure["case"].get<std::uint64_t>())}));
  EXPECT_EQ(again.report["cases"], 1);
  EXPECT_EQ(again.report["failures"][0]["message"], failure["message"]);
}

TEST(Fuzz, GoesOnAfterFailuresWhenAskedTo) {
  const test::TempDirectory directory;
  ASSERT_NO_FATAL_FAILURE(test::plant(directory / "rtl", "weight_zero_extended"));
  const Fuzzed fuzzed =
      fuzz(arguments(directory, directory / "rtl", {"--keep-going", "--seconds", "2"}));
  EXPECT_EQ(fuzzed.finished.exit_code, 1);
  const json& failures = fuzzed.report["failures"];
  ASSERT_GT(failures.size(), 10U);
  EXPECT_NE(failures[3]["reproducer"], "");
  EXPECT_EQ(failures[4]["reproducer"], "");
  EXPECT_LT(failures.size(), fuzzed.report["cases"]);
}

TEST(Fuzz, CountsAModelThatCrashesAsAFinding) {
  const test::TempDirectory directory;
  const std::string line = "      act_pop_q    <= issue;\n";  // Not during the reset.
  ASSERT_NO_FATAL_FAILURE(
      test::plant(directory / "rtl", "sequencer.sv", line,
                  line + "      if (issue && pass_i.maximum) $c(\"__builtin_trap();\");\n"));
  const Fuzzed fuzzed = fuzz(arguments(directory, directory / "rtl"));
  ASSERT_EQ(fuzzed.finished.exit_code, 3) << fuzzed.finished.err;
  EXPECT_THAT(fuzzed.report["failures"][0]["message"].get<std::string>(),
              testing::HasSubstr("was killed by signal"));
  EXPECT_NE(fuzzed.report["failures"][0]["reduced_message"], "");
  EXPECT_THAT(fuzzed.report["failures"][0]["reduced_ops"][0].get<std::string>(),
              testing::StartsWith("max_pool of "))
      << fuzzed.finished.out;
}

TEST(Fuzz, RefusesADesignWhoseKeysAreWrong) {
  const auto finished = test::run_systole({"fuzz", "--set", "dut.parameters.Rows=1"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, testing::HasSubstr("dut.parameters.Rows"));
}

/// The three cores of the default, ten seconds each of two seeds: what CI runs.
class GoodRtl : public testing::TestWithParam<int> {};

TEST_P(GoodRtl, PassesTenSecondsOfCases) {
  const test::TempDirectory directory;
  const Fuzzed fuzzed = fuzz({"fuzz", "--seconds", "10", "--seed", std::to_string(GetParam()), "-o",
                              directory / "out", "--json"});
  EXPECT_EQ(fuzzed.finished.exit_code, 0) << fuzzed.finished.out << fuzzed.finished.err;
  EXPECT_EQ(fuzzed.report["failures"].size(), 0U);
  EXPECT_EQ(fuzzed.report["host_ops"], 0);
  EXPECT_GT(fuzzed.report["cases"], 100);
  EXPECT_EQ(fuzzed.report["kinds"].size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, GoodRtl, testing::Values(1, 2));

}  // namespace
}  // namespace systole
