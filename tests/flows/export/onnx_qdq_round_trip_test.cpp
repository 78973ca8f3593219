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

TEST(OnnxQdqRoundTrip, GivesTheIntegersOfTheDigitsAgain) {
  const TempDirectory temp;
  const std::string recipe = temp.write("recipe.yaml", kCodesBeforeAdditions);
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--set", "quantize.weight_bits=4"}}) {
    std::vector<std::string> options = {"--count", "32", "--set", "quantize.recipe=" + recipe};
    options.insert(options.end(), more.begin(), more.end());
    const OnnxModel network(options);
    EXPECT_EQ(network.summary()["nodes"]["Add"], 2);
    const std::string values = temp.path("values.safetensors");
    const Finished written =
        run_process({SYSTOLE_SOURCE_DIR "/build/onnxruntime/bin/python",
                     SYSTOLE_SOURCE_DIR "/tests/flows/export/python/golden_values.py",
                     network.model(), network.bundle(), network.trace(), values});
    ASSERT_EQ(written.exit_code, 0) << written.err;

    const Source source{{"onnx", network.model()}};
    const std::filesystem::path bundle = temp / "back";
    ASSERT_EQ(import_bundle(source, bundle), "");
    const Counts counts = count(check_goldens(source, bundle, {values}));
    EXPECT_EQ(counts.compared, 32 * 8858);
    EXPECT_EQ(counts.recorded, 0);
    EXPECT_EQ(counts.chained, 0);
  }
}

}  // namespace
}  // namespace systole::test
