// onnx_qdq_round_trip_test.cpp: an exported ONNX model, imported again, computes the same integers.
#include <gtest/gtest.h>

#include "tests/flows/export/onnx_qdq.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

/// Quantizers for both operands of each addition: reals that are added have codes, as ONNX's own
/// quantiser makes them.
constexpr const char* kCodesBeforeAdditions = R"(
shared:
  first: {bits: 8, signed: true}
  second: {bits: 8, signed: true}
overrides:
  - {op: conv1.relu, outputs: {0: first}}
  - {op: block1.conv2.bn, outputs: {0: first}}
  - {op: block2.conv2.bn, outputs: {0: second}}
  - {op: block2.project.bn, outputs: {0: second}}
)";

/// Elements of the network, exported and imported, that were compared with its own trace, and those
/// that differ.
Counts round_trip(std::vector<std::string> options) {
  options.insert(options.end(), {"--count", "32"});
  const TempDirectory temp;
  const OnnxModel network(options);
  EXPECT_EQ(network.summary()["nodes"]["Add"], 2);
  const std::string values = temp.path("values.safetensors");
  const Finished written =
      run_process({SYSTOLE_SOURCE_DIR "/build/onnxruntime/bin/python",
                   SYSTOLE_SOURCE_DIR "/tests/flows/export/python/golden_values.py",
                   network.model(), network.bundle(), network.trace(), values});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  const Source source{{"onnx", network.model()}};
  EXPECT_EQ(import_bundle(source, temp / "back"), "");
  return count(check_goldens(source, temp / "back", {values}));
}

void expect_all_equal(const Counts& counts, std::int64_t elements) {
  EXPECT_EQ(counts.compared, elements);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
}

TEST(OnnxQdqRoundTrip, GivesTheIntegersOfTheDigitsAgain) {
  // A residual's codes are added to sums that nothing has rounded.
  expect_all_equal(round_trip({}), 32 * 6682);
}

TEST(OnnxQdqRoundTrip, GivesThemWithCodesInFrontOfEveryAddition) {
  const TempDirectory temp;
  const std::string recipe = "quantize.recipe=" + temp.write("recipe.yaml", kCodesBeforeAdditions);
  expect_all_equal(round_trip({"--set", recipe}), 32 * 8858);
  expect_all_equal(round_trip({"--set", recipe, "--set", "quantize.weight_bits=4"}), 32 * 8858);
}

}  // namespace
}  // namespace systole::test
