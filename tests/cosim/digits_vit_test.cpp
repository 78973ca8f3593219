// digits_vit_test.cpp: the embedded transformer on the design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/value.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

using nlohmann::json;

const std::string kVit = SYSTOLE_SOURCE_DIR "/configs/digits_vit.yaml";
const std::string kVitNetwork = "network=" SYSTOLE_SOURCE_DIR "/golden/digits_vit";

/// Every product and its requantisation are the design's, and right as a whole; what moves and
/// what is real is the host's.
void expect_products_match(const WholeRun& run, std::int64_t compared = 20764) {
  ASSERT_EQ(run.finished.exit_code, 0) << run.finished.out << run.finished.err;
  EXPECT_EQ(run.verdict["verdict"], "match");
  EXPECT_EQ(run.verdict["mismatched"], 0);
  std::int64_t products = 0;
  for (const json& op : run.verdict["ops"]) {
    const auto kind = op["op"].get<std::string>();
    const bool is_product = kind.starts_with("int_");
    products += is_product ? 1 : 0;
    EXPECT_EQ(op["engine"], is_product || kind == "mul_quant" ? "rtl" : "host") << op;
    if (op["engine"] == "host") continue;
    std::int64_t elements = 1;
    for (const json& extent : op["shape"]) elements *= extent.get<std::int64_t>();
    EXPECT_EQ(op["state"], "match") << op;
    EXPECT_EQ(op["compared"], elements) << op;
  }
  EXPECT_EQ(products, 14);  // Patches, 2 x (qkv, qk, attnv, proj, fc1, fc2), logits.
  EXPECT_EQ(run.verdict["compared"], compared);
}

TEST(DigitsVit, GivesTheGoldenTensorsIsolatedAndChained) {
  for (const char* size : {"8", "16"})
    for (const char* mode : {"isolated", "chained"})
      expect_products_match(
          run({kVitNetwork, std::string("mode=") + mode, std::string("dut.parameters.Rows=") + size,
               std::string("dut.parameters.Cols=") + size}));
}

TEST(DigitsVit, GivesTheGoldenTensorsWithAScalePerToken) {
  const std::string recipe = SYSTOLE_SOURCE_DIR "/configs/recipes/per_token.yaml";
  expect_products_match(run({kVitNetwork, "quantize.recipe=" + recipe}));
}

TEST(DigitsVit, GivesTheGoldenTensorsWithZeroPoints) {
  // Queries, keys and values less their zero points are a requantisation each.
  constexpr std::int64_t kCentred = 2 * 3 * 17 * 32;
  expect_products_match(run({kVitNetwork, "quantize.activations=affine"}), 20764 + kCentred);
}

TEST(DigitsVit, LosesAtMostOnePointOfAccuracyAsIntegers) {
  const json accuracy =
      run({kVitNetwork, "evaluation.count=0"}, {"--op", "patch"}).verdict["accuracy"];
  EXPECT_EQ(accuracy["samples"], 360);
  EXPECT_GE(accuracy["float_correct"], 342);  // 95 %
  EXPECT_GE(accuracy["integer_correct"], accuracy["float_correct"].get<int>() - 3);
}

// Every step from the float network's weights to codes is exact or our own: the same on every
// machine. What this prints on a difference is the new content of the file.
TEST(PinnedTrace, OfTheTransformerIsReproduced) {
  const TempDirectory out;
  ASSERT_EQ(run_systole({"golden", kVit, "--count", "2", "-o", out.path()}).exit_code, 0);
  const auto trace = json::parse(read_text(out / "golden/trace.json"));
  std::map<std::string, std::string> hashes;
  std::string text;
  for (const json& tensor : trace["tensors"]) {
    hashes[tensor["name"]] = tensor["sha256"];
    text += tensor["name"].get<std::string>() + ": " + tensor["sha256"].get<std::string>() + "\n";
  }
  const Value file = load_yaml(SYSTOLE_SOURCE_DIR "/tests/cosim/pinned/digits_vit.yaml");
  std::map<std::string, std::string> pinned;
  for (const std::string& name : file.keys()) pinned[name] = file.get(name).as_string();
  EXPECT_EQ(hashes, pinned) << text;
}

}  // namespace
}  // namespace systole::test
