// quantize_test.cpp: `systole quantize` and `systole evaluate`, as a user calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/tensor/npy.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDigitsRun = SYSTOLE_SOURCE_DIR "/configs/digits.yaml";

std::string recipe_of(const TempDirectory& temp, const std::string& yaml) {
  write_text(temp.path("recipe.yaml"), yaml);
  return "quantize.recipe=" + temp.path("recipe.yaml");
}

const json& find(const json& report, const std::string& op) {
  for (const json& entry : report["ops"])
    if (entry["op"] == op) return entry;
  throw std::runtime_error("no op " + op);
}

TEST(Quantize, WritesABundleThatRunsWithoutARecipe) {
  const TempDirectory temp;
  const Finished done = run_systole({"quantize", kDigitsRun, "-o", temp.path("out"), "--set",
                                     recipe_of(temp, "weights: {bits: 4}")});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("conv1.weight"));
  EXPECT_THAT(done.out, HasSubstr("34,984 weights in 17,492 bytes"));
  EXPECT_THAT(done.err, IsEmpty());
  const std::string network = temp.path("out/network");
  const Finished show = run_systole({"show", network});
  EXPECT_EQ(show.exit_code, 0);
  EXPECT_THAT(show.out, HasSubstr("integer network digits"));
  write_text(temp.path("run.yaml"),
             "network: " + network + "\ndut: {dir: " SYSTOLE_SOURCE_DIR "/rtl}\n");
  const Finished golden = run_systole({"golden", temp.path("run.yaml"), "-o", temp.path("golden")});
  EXPECT_EQ(golden.exit_code, 0) << golden.err;
}

TEST(Quantize, ReportsEveryDecisionAndItsCostAsJson) {
  const TempDirectory temp;
  const Finished done = run_systole(
      {"quantize", kDigitsRun, "-o", temp.path("out"), "--count", "8", "--json", "--set",
       recipe_of(temp,
                 "weights: {bits: 3, method: mse}\nactivations: {method: {percentile: 99}}")});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_EQ(report, json::parse(read_text(temp.path("out/quantize.json"))));
  EXPECT_EQ(report["samples"], 8);
  EXPECT_EQ(report["weight_bytes"], 34984 * 3 / 8);
  const json op = find(report, "block1.conv1.quant");
  EXPECT_EQ(op["weight"]["format"], "int3 (narrow)");
  EXPECT_EQ(op["weight"]["method"], "mse");
  EXPECT_EQ(op["weight"]["scales"], 24);
  EXPECT_GT(op["weight"]["clipped"], 0);
  EXPECT_GT(op["weight"]["zeros"], 0);
  EXPECT_EQ(op["output"]["method"], "percentile 99");
  EXPECT_GT(op["output"]["clipped"], 0);
  EXPECT_EQ(op["compared"], 8 * 8 * 8 * 24);
  EXPECT_GT(op["exact"], 0);
  EXPECT_GT(op["sqnr_db"]["fake_to_float"], 5);
  EXPECT_GT(op["sqnr_db"]["integer_to_fake"], op["sqnr_db"]["fake_to_float"]);
  EXPECT_GT(op["scales"]["sqnr_db"], 80);
}

TEST(Quantize, IsTheSameOnEveryRun) {
  const TempDirectory temp;
  for (const char* out : {"a", "b"})
    ASSERT_EQ(run_systole({"quantize", kDigitsRun, "-o", temp.path(out)}).exit_code, 0);
  for (const char* file : {"quantize.json", "network/network.yaml", "network/tensors.safetensors"})
    EXPECT_EQ(read_text(temp.path(std::string("a/") + file)),
              read_text(temp.path(std::string("b/") + file)))
        << file;
}

TEST(Quantize, WarnsOfScalesThatVanishAndRefusesThemWhereStrict) {
  const TempDirectory temp;
  const std::vector<std::string> words = {"quantize", kDigitsRun,
                                          "-o",       temp.path("out"),
                                          "--set",    "quantize.scale_format=fixed",
                                          "--set",    "quantize.scale_bits=32",
                                          "--set",    "quantize.scale_frac_bits=6"};
  const Finished warned = run_systole(words);
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_THAT(warned.out, HasSubstr("warning: block1.conv1.quant: 24 of 24 scales become 0"));
  std::vector<std::string> strict = words;
  strict.insert(strict.end(), {"--set", "quantize.strict=true"});
  const Finished refused = run_systole(strict);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("which becomes 0"));
}

TEST(Quantize, NamesTheRecipesMistakes) {
  const TempDirectory temp;
  const auto complaint = [&](const std::string& yaml) {
    const Finished done = run_systole(
        {"quantize", kDigitsRun, "-o", temp.path("out"), "--set", recipe_of(temp, yaml)});
    EXPECT_EQ(done.exit_code, 2) << yaml;
    return done.err;
  };
  EXPECT_THAT(complaint("overrides: [{op: conv9, skip: true}]"), HasSubstr("did you mean conv1?"));
  EXPECT_THAT(complaint("weights: {bits: 33}"), HasSubstr("recipe.yaml:1: weights.bits: got 33"));
  EXPECT_THAT(complaint("activations: {method: {percentile: 101}}"), HasSubstr("percentile 101"));
  EXPECT_THAT(complaint("weights: {granularity: {channel: 9}}"), HasSubstr("got axis 9"));
  EXPECT_THAT(complaint("weights: {format: E4M3}"), HasSubstr("float E4M3"));
  EXPECT_THAT(run_systole({"quantize", kDigitsRun, "-o", temp.path("out"), "--set",
                           "quantize.recipe=" + temp.path("none.yaml")})
                  .err,
              HasSubstr("none.yaml"));
}

TEST(Quantize, TakesTheEncodingsThatItWrote) {
  const TempDirectory temp;
  for (const std::string version : {"0.6.1", "1.0.0", "2.0.0"}) {
    const std::string first = temp.path("first" + version), again = temp.path("again" + version);
    ASSERT_EQ(run_systole({"quantize", kDigitsRun, "-o", first, "--encodings", version, "--set",
                           recipe_of(temp,
                                     "weights: {bits: 4, narrow: false, method: mse}\n"
                                     "activations: {method: {percentile: 99}}")})
                  .exit_code,
              0);
    const Finished done = run_systole({"quantize", kDigitsRun, "-o", again, "--set",
                                       recipe_of(temp, "encodings: " + first + "/encodings.json")});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("given"));
    for (const char* file : {"/network/network.yaml", "/network/tensors.safetensors"})
      EXPECT_EQ(read_text(first + file), read_text(again + file)) << version << file;
  }
}

TEST(Quantize, NamesAnEncodingOfNoTensor) {
  const TempDirectory temp;
  write_text(
      temp.path("e.json"),
      R"({"version": "2.0.0", "encodings": [{"name": "conv1.wieght", "output_dtype": "int8",)"
      R"( "y_scale": 0.5}]})");
  const Finished done = run_systole({"quantize", kDigitsRun, "-o", temp.path("out"), "--set",
                                     recipe_of(temp, "encodings: e.json")});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("e.json: conv1.wieght: got an encoding of this name"));
  EXPECT_THAT(done.err, HasSubstr("did you mean conv1.weight?"));
}

TEST(Quantize, CalibratesOnAFileOfSamples) {
  const TempDirectory temp;
  IntTensor images({3, 8, 8, 1}, 0);
  for (std::int64_t i = 0; i < images.size(); ++i) images[i] = static_cast<std::int32_t>(i % 17);
  write_npy(temp.path("images.npy"), images);
  const auto quantize = [&](const std::string& file) {
    return run_systole({"quantize", kDigitsRun, "-o", temp.path("out"), "--json", "--set",
                        "calibration.file=" + file, "--set", "calibration.batch=2"});
  };
  const Finished done = quantize(temp.path("images.npy"));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const Finished usual = run_systole({"quantize", kDigitsRun, "-o", temp.path("usual"), "--json"});
  EXPECT_NE(find(json::parse(done.out), "conv1.quant")["output"]["range"],
            find(json::parse(usual.out), "conv1.quant")["output"]["range"]);
  write_npy(temp.path("other.npy"), IntTensor({3, 8, 7, 1}, 0));
  const Finished refused = quantize(temp.path("other.npy"));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("other.npy: got [3, 8, 7, 1], expected [samples, ...]"));
}

TEST(Quantize, NeedsAFloatNetwork) {
  const TempDirectory temp;
  const Finished done = run_systole({"quantize", kDigitsRun, "-o", temp.path("out"), "--set",
                                     "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("tiny_int"));
}

TEST(Evaluate, GivesTheAccuracyOfThreePaths) {
  const Finished done = run_systole({"evaluate", kDigitsRun, "--json", "--top", "2"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_EQ(report["samples"], 360);
  EXPECT_EQ(report["k"], 2);
  EXPECT_EQ(report["paths"]["float"]["top1"], 358);
  EXPECT_EQ(report["paths"]["float"]["as_float"], 360);
  EXPECT_GE(report["paths"]["fake_quant"]["top1"], 356);
  EXPECT_GE(report["paths"]["integer"]["top1"], 356);
  EXPECT_GE(report["paths"]["integer"]["topk"], report["paths"]["integer"]["top1"]);
  EXPECT_GT(report["paths"]["integer"]["logits_sqnr_db"], 30);
}

TEST(Evaluate, ShowsFloatFormatsWithoutAnIntegerPath) {
  const TempDirectory temp;
  const Finished done =
      run_systole({"evaluate", kDigitsRun, "--set",
                   recipe_of(temp, "weights: {format: E4M3}\nactivations: {format: E5M2}")});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_THAT(done.out, HasSubstr("fake_quant"));
  EXPECT_THAT(done.out, testing::Not(HasSubstr("integer")));
  EXPECT_THAT(done.err, HasSubstr("no integer path: conv1.weight: got float E4M3"));
}

TEST(Evaluate, NeedsLabels) {
  const Finished done =
      run_systole({"evaluate", kDigitsRun, "--set", "evaluation.set=calibration"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("a labelled sample set"));
}

}  // namespace
}  // namespace systole::test
