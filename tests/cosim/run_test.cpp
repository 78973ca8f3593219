// run_test.cpp: whole runs: sizes of the array, selection of ops, what a run prints and writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct Size {
  int rows, cols;
};

std::vector<std::string> settings(Size size) {
  return {"dut.parameters.Rows=" + std::to_string(size.rows),
          "dut.parameters.Cols=" + std::to_string(size.cols)};
}

/// Products carry the cycles, and no array does more than one MAC per cell and cycle.
void expect_sane_speed(const WholeRun& run, Size size) {
  for (const json& op : run.verdict["ops"]) {
    const bool is_product = op["op"].get<std::string>().starts_with("int_");
    EXPECT_EQ(op["cycles"] > 0, is_product && op["state"] == "match") << op;
    if (op["cycles"] == 0) continue;
    const double most = op["cycles"].get<double>() * size.rows * size.cols;
    EXPECT_NEAR(op["utilisation"].get<double>(), op["macs"].get<double>() / most, 1e-9) << op;
    EXPECT_LE(op["utilisation"], 1.0) << op;
  }
}

void PrintTo(const Size& size, std::ostream* out) { *out << size.rows << "x" << size.cols; }

class ArraySize : public testing::TestWithParam<Size> {};

TEST_P(ArraySize, GivesTheGoldenTensors) {
  const WholeRun digits = run(settings(GetParam()));
  expect_match(digits);
  expect_sane_speed(digits, GetParam());
  EXPECT_EQ(digits.verdict["dut"]["rows"], GetParam().rows);
  EXPECT_EQ(digits.verdict["dut"]["cols"], GetParam().cols);
}

INSTANTIATE_TEST_SUITE_P(
    Of, ArraySize, testing::Values(Size{4, 4}, Size{8, 8}, Size{16, 16}, Size{8, 4}, Size{4, 8}),
    [](const auto& size) {
      return std::to_string(size.param.rows) + "x" + std::to_string(size.param.cols);
    });

// One op suffices: it has 12 K tiles, the last one ragged, and 2 column tiles, one ragged.
TEST(LargeArray, GivesTheGoldenTensorsOfAnOp) {
  const WholeRun digits = run(settings({32, 32}), {"--op", "block2.conv2"});
  EXPECT_EQ(digits.finished.exit_code, 0) << digits.finished.out << digits.finished.err;
  EXPECT_EQ(digits.verdict["compared"], 2 * 640);
  expect_sane_speed(digits, {32, 32});
}

TEST(Digits, RunTheMacsOfTheNetworkOnTheDesign) {
  const WholeRun digits = run({});
  std::int64_t macs = 0;
  for (const json& op : digits.verdict["ops"]) macs += op["macs"].get<std::int64_t>();
  EXPECT_EQ(macs, 1'061'776);
}

TEST(Digits, LoseAtMostOnePointOfAccuracyAsIntegers) {
  const json accuracy = run({"evaluation.count=0"}, {"--op", "conv1"}).verdict["accuracy"];
  EXPECT_EQ(accuracy["samples"], 360);
  EXPECT_GE(accuracy["float_correct"], 350);  // 97 %
  EXPECT_GE(accuracy["integer_correct"], accuracy["float_correct"].get<int>() - 3);
}

TEST(Op, SelectsAJobByTheNameOfEitherOfItsOps) {
  for (const char* name : {"block2.project", "block2.project.quant"}) {
    const WholeRun digits = run({}, {"--op", name});
    EXPECT_EQ(digits.finished.exit_code, 0);
    EXPECT_EQ(digits.verdict["verdict"], "match");
    EXPECT_EQ(digits.verdict["compared"], 2 * 640);
    for (const json& op : digits.verdict["ops"]) {
      const bool is_selected = op["name"].get<std::string>().starts_with("block2.project");
      EXPECT_EQ(op["state"], is_selected ? "match" : op["engine"] == "host" ? "host" : "skipped");
      EXPECT_EQ(op["compared"], is_selected ? 640 : 0) << op;
    }
  }
}

TEST(Op, TakesAShellPattern) {
  const WholeRun digits = run({}, {"--op", "block1.*"});
  EXPECT_EQ(digits.verdict["compared"], 4 * 1536);
  EXPECT_EQ(row(digits, "block1.conv2.quant")["state"], "match");
  EXPECT_EQ(row(digits, "conv1")["state"], "skipped");
}

TEST(Json, PrintsWhatVerdictJsonHolds) {
  const WholeRun digits = run({}, {"--op", "conv1", "--json"});
  EXPECT_EQ(digits.finished.out, read_text(*digits.directory / "verdict.json"));
  EXPECT_EQ(digits.finished.err, "");
}

TEST(VerdictJson, HoldsTheKeysThatToolsRelyOn) {
  const json verdict = run({"bench.seed=5"}, {"--op", "conv1"}).verdict;
  for (const char* key :
       {"verdict", "compared", "mismatched", "seconds", "dut", "ops", "config", "inputs", "tools"})
    EXPECT_TRUE(verdict.contains(key)) << key;
  for (const char* key : {"name", "op", "engine", "macs", "cycles", "compared", "mismatched"})
    EXPECT_TRUE(verdict["ops"][0].contains(key)) << key;
  EXPECT_EQ(verdict["dut"]["key"].get<std::string>().size(), 64);
  EXPECT_EQ(verdict["dut"]["rtl_hash"].get<std::string>().size(), 64);
  EXPECT_TRUE(verdict["dut"]["cached"].is_boolean());
  EXPECT_GT(verdict["seconds"], 0.0);
  EXPECT_EQ(verdict["config"]["bench.seed"], "5");
  EXPECT_EQ(verdict["config"]["bench.stall_seed"], "1");
  EXPECT_EQ(verdict["inputs"]["sha256"]["image"].get<std::string>().size(), 64);
  EXPECT_THAT(verdict["tools"].dump(), HasSubstr("Verilator"));
}

TEST(VerdictJson, CarriesTheKeyOfTheDesignOnly) {
  const auto key = [](const std::vector<std::string>& settings) {
    return run(settings, {"--op", "conv1"}).verdict["dut"]["key"].get<std::string>();
  };
  EXPECT_EQ(key({}), key({"bench.seed=9", "quantize.rounding=floor"}));
  EXPECT_NE(key({}), key({"dut.parameters.Cols=8"}));
}

TEST(Output, OfAPipeHasNoEscapeCodes) {
  const WholeRun digits = run({}, {"--op", "conv1"});
  EXPECT_THAT(digits.finished.out, Not(HasSubstr("\x1b")));
  EXPECT_EQ(digits.finished.err, "");
}

TEST(Paths, OfTheFileCountFromTheFileAndOthersFromTheCurrentDirectory) {
  const TempDirectory here;
  fs::create_directory_symlink(SYSTOLE_SOURCE_DIR "/rtl", here / "my_rtl");
  std::vector<std::string> arguments = run_arguments("deep/../out", {}, {"--op", "conv1"});
  arguments.insert(arguments.end(), {"--rtl", "my_rtl"});
  EXPECT_EQ(run_systole(arguments, here.path()).exit_code, 0);
  EXPECT_TRUE(fs::exists(here / "out/verdict.json"));

  arguments.erase(arguments.begin() + 2, arguments.begin() + 4);  // -o
  EXPECT_EQ(run_systole(arguments, here.path()).exit_code, 0);
  EXPECT_TRUE(fs::exists(here / "runs/digits/verdict.json"));
}

}  // namespace
}  // namespace systole::test
