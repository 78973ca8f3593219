// integer_proof_test.cpp: PULP's integer networks of the data folder against what was recorded of
// them, and one of them through the RTL.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

struct Recorded {
  std::string folder;   ///< Of integer_goldens.
  std::size_t tensors;  ///< Beside the network's input: every key of activations.npz.
  std::int64_t elements;
};

const Recorded kNetworks[] = {{"cnn_linear1", 14, 69140}, {"icct", 29, 410644}};

class IntegerGoldens : public testing::TestWithParam<Recorded> {};

TEST_P(IntegerGoldens, AreEqualOperatorByOperatorAndChained) {
  SYSTOLE_REQUIRE_DATA(data);
  const fs::path folder = data / "integer_goldens" / GetParam().folder;
  const TempDirectory temp;
  const Source source = {{"onnx", (folder / "network.onnx").string()}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json check =
      check_goldens(source, temp / "net",
                    {folder / "inputs.npz", folder / "activations.npz", folder / "outputs.npz"});
  const Counts counts = count(check);
  EXPECT_EQ(check["ops"].size(), GetParam().tensors);
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
  EXPECT_EQ(check["exit"], 0);
}

INSTANTIATE_TEST_SUITE_P(Data, IntegerGoldens, testing::ValuesIn(kNetworks),
                         [](const auto& test) { return test.param.folder; });

struct OnDesign {
  std::string folder;
  int size;               ///< Of the array, square.
  std::int64_t elements;  ///< That the design computes.
};

/// Lowered, and run with the recorded image.
class IntegerOnDesign : public testing::TestWithParam<OnDesign> {};

TEST_P(IntegerOnDesign, ComputesTheRecordedNetworkInEveryElement) {
  SYSTOLE_REQUIRE_DATA(data);
  const fs::path folder = data / "integer_goldens" / GetParam().folder;
  const TempDirectory temp;
  const Source source = {
      {"onnx", (folder / "network.onnx").string(), "--samples", (folder / "inputs.npz").string()}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const Finished lowered = run_systole(
      {"lower", temp.path("net"), "-o", temp.path("lowered"), "--json", temp.path("report.json")});
  ASSERT_EQ(lowered.exit_code, 0) << lowered.err;
  const auto report = nlohmann::json::parse(read_text(temp.path("report.json")));
  EXPECT_EQ(report["macs_lowered"], report["macs"]);
  for (const auto& op : report["ops"]) EXPECT_EQ(op["largest"], 0) << op;

  const std::string size = std::to_string(GetParam().size);
  const Finished run =
      run_systole({"run", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o", temp.path("run"),
                   "--set", "network=" + temp.path("lowered"), "--set", "inputs.count=1", "--set",
                   "dut.parameters.Rows=" + size, "--set", "dut.parameters.Cols=" + size});
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  const auto verdict = nlohmann::json::parse(read_text(temp.path("run/verdict.json")));
  EXPECT_EQ(verdict["verdict"], "match");
  EXPECT_EQ(verdict["compared"], GetParam().elements);
  EXPECT_EQ(verdict["mismatched"], 0);
}

const OnDesign kDesigns[] = {
    {"cnn_linear1", 8, 69140}, {"cnn_linear1", 16, 69140}, {"icct", 16, 336916}};

INSTANTIATE_TEST_SUITE_P(Data, IntegerOnDesign, testing::ValuesIn(kDesigns), [](const auto& test) {
  return test.param.folder + "_" + std::to_string(test.param.size);
});

}  // namespace
}  // namespace systole::test
