// recipe_test.cpp: every way to quantise a network, and every op of one, on the design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "golden/trace.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;

const std::string kTinyInt = "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int";
const std::string kTinyFloat = "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_float";
const std::vector<std::string> kTinyHostOps = {"max.relu", "varying", "join", "flat"};

struct Recipe {
  std::string name;
  std::vector<std::string> settings;
  std::string in_network;  ///< What the integer network must then say.
};

class Recipes : public testing::TestWithParam<Recipe> {};

void PrintTo(const Recipe& recipe, std::ostream* out) { *out << recipe.name; }

/// One of the recipes that we ship.
Recipe from_file(const std::string& name, const std::string& in_network) {
  return {name,
          {"quantize.recipe=" SYSTOLE_SOURCE_DIR "/configs/recipes/" + name + ".yaml"},
          in_network};
}

// Corners drive the clamps, and accumulators to their ends.
TEST_P(Recipes, MatchOnDigits) {
  std::vector<std::string> settings = {"inputs.source=corners", "inputs.count=7",
                                       "dut.parameters.Rows=8", "dut.parameters.Cols=8"};
  settings.insert(settings.end(), GetParam().settings.begin(), GetParam().settings.end());
  const WholeRun digits = run(settings);
  expect_match(digits);
  EXPECT_THAT(read_text(*digits.directory / "network/network.yaml"),
              HasSubstr(GetParam().in_network));
}

INSTANTIATE_TEST_SUITE_P(
    Of, Recipes,
    testing::Values(
        Recipe{"Default", {}, "rounding: half_even"},
        Recipe{"HalfUp", {"quantize.rounding=half_up"}, "rounding: half_up"},
        Recipe{"HalfAway", {"quantize.rounding=half_away"}, "rounding: half_away"},
        Recipe{"Floor", {"quantize.rounding=floor"}, "rounding: floor"},
        Recipe{"Normalized32", {"quantize.scale_bits=32"}, "mul_quant"},
        Recipe{
            "Fixed16", {"quantize.scale_format=fixed", "quantize.scale_frac_bits=10"}, "mul_quant"},
        Recipe{"Fixed32",
               {"quantize.scale_format=fixed", "quantize.scale_bits=32",
                "quantize.scale_frac_bits=24"},
               "mul_quant"},
        Recipe{"Residual16", {"quantize.residual_bits=16"}, "clamp: [-32768, 32767], type: int16"},
        Recipe{"Output8", {"quantize.output_bits=8"}, "clamp: [-128, 127], type: int8"},
        Recipe{"FourBits",
               {"quantize.weight_bits=4", "quantize.activation_bits=4"},
               "clamp: [0, 15], type: uint4"},
        Recipe{"FourBitWeights", {"quantize.weight_bits=4"}, "clamp: [0, 255], type: uint8"},
        Recipe{"PowersOfTwo", {"quantize.scale_format=power_of_two"}, "mul_quant"},
        from_file("percentile", "mul_quant"), from_file("mse", "mul_quant"),
        from_file("smooth", "conv1.relu.smooth.quant"), from_file("per_tensor", "mul_quant"),
        from_file("affine", "pad_value: "), from_file("digits_mixed", "logits.operand0.quant")),
    [](const auto& recipe) { return recipe.param.name; });

TEST(WideActivations, TakeTwoPassesOfTheArrayThatMatch) {
  const WholeRun digits = run({from_file("w8a16", "").settings.at(0), "inputs.source=corners",
                               "inputs.count=7", "dut.parameters.Rows=8", "dut.parameters.Cols=8"});
  ASSERT_EQ(digits.finished.exit_code, 0) << digits.finished.out << digits.finished.err;
  std::set<std::string> passes;
  for (const json& op : digits.verdict["ops"]) {
    EXPECT_EQ(op["mismatched"], 0) << op;
    if (op["macs"] == 0) continue;
    EXPECT_EQ(op["engine"], "rtl") << op;
    EXPECT_GT(op["compared"], 0) << op;
    passes.insert(op["name"]);
  }
  // The image has 8 bits: its convolution takes one.
  EXPECT_EQ(passes.size(), 1 + 2 * 6);
  EXPECT_TRUE(passes.contains("conv1"));
  EXPECT_TRUE(passes.contains("logits.high") && passes.contains("logits.low"));
}

TEST(Affine, MatchesWithZeroPointsInEveryKindOfOp) {
  const WholeRun tiny = run({kTinyFloat, "quantize.activations=affine", "inputs.count=3"});
  expect_match(tiny, kTinyHostOps);
  const std::string network = read_text(*tiny.directory / "network/network.yaml");
  EXPECT_THAT(network, ContainsRegex("op: int_conv2d.*pad_value: [1-9]"));
  EXPECT_THAT(network, ContainsRegex("op: mul_quant.*residual_scale.*zero_point: [1-9]"));
}

TEST(Symmetric, MatchesWithSignedCodes) {
  const WholeRun tiny = run({kTinyFloat, "inputs.count=3"});
  expect_match(tiny, kTinyHostOps);
  EXPECT_THAT(read_text(*tiny.directory / "network/network.yaml"),
              ContainsRegex("name: grouped.quant.*type: int8"));
}

TEST(IntegerNetwork, RunsAsItIs) {
  const WholeRun tiny = run({kTinyInt, "inputs.count=8"});
  expect_match(tiny, kTinyHostOps);
  EXPECT_FALSE(tiny.verdict["accuracy"].contains("float_correct"));
}

TEST(IntegerNetwork, RunsWithASubtractedZeroPoint) {
  const TempDirectory copy;
  fs::copy(SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int", copy / "bundle");
  replace_once(copy / "bundle/network.yaml", "zero_point: 167, zero_point_form: keep",
               "zero_point: 90, zero_point_form: subtract");
  const WholeRun tiny = run({"network=" + (copy / "bundle").string(), "inputs.count=8"});
  expect_match(tiny, kTinyHostOps);
}

/// The tiny network of `bits` on a 4x4 design of these widths.
WholeRun narrow_run(int bits, int act_bits, int weight_bits) {
  return run({kTinyFloat, "quantize.activation_bits=" + std::to_string(bits),
              "quantize.weight_bits=" + std::to_string(bits),
              "dut.parameters.ActBits=" + std::to_string(act_bits),
              "dut.parameters.WeightBits=" + std::to_string(weight_bits)});
}

// Codes without a sign need one bit more. The image has 8 bits whatever the recipe says: the first
// convolution is left to the host.
TEST(NarrowOperands, MatchOnADesignBuiltForThem) {
  std::vector<std::string> host = kTinyHostOps;
  host.insert(host.begin(), "conv1");
  for (const int bits : {4, 2}) {
    const WholeRun tiny = narrow_run(bits, bits + 1, bits);
    expect_match(tiny, host);
    EXPECT_THAT(row(tiny, "conv1")["message"].get<std::string>(),
                HasSubstr("input image is in [0, 255], the design takes"));
  }
}

TEST(NarrowOperands, AreNamedWhereTheDesignIsTooNarrow) {
  const WholeRun tiny = narrow_run(4, 3, 2);
  EXPECT_EQ(tiny.finished.exit_code, 0) << tiny.finished.out;
  EXPECT_EQ(row(tiny, "grouped")["engine"], "host");
  EXPECT_EQ(row(tiny, "grouped")["message"],
            "input conv1.quant is in [0, 15], the design takes [-4, 3] (3 bits signed)");
  EXPECT_EQ(row(tiny, "mix")["state"], "match");  // Lanes are as wide as ever.
}

TEST(ScaleBits16, GivesTheSameTensorsAsScaleBits32) {
  const WholeRun narrow = run({"dut.parameters.ScaleBits=16"}), wide = run({});
  expect_match(narrow);
  EXPECT_EQ(narrow.verdict["dut"]["scale_bits"], 16);
  EXPECT_EQ(compare(wide.rtl(), narrow.rtl()), 0);
}

TEST(ScaleBits16, LeavesWiderScalesToTheHostAndSaysSo) {
  const WholeRun digits = run({"dut.parameters.ScaleBits=16", "quantize.scale_bits=32"});
  expect_match(
      digits, {"conv1.quant", "block1.conv1.quant", "block1.conv2.quant", "block2.conv1.quant",
               "block2.conv2.quant", "block2.project.quant", "pool.quant", "flat", "logits.quant"});
  EXPECT_THAT(row(digits, "conv1.quant")["message"], HasSubstr("more than the design's 16 bits"));
}

// conv1's 9 weights per channel fit into 16 rows, so that its 8 chunks share them: a pass takes 8
// cycles for its rows instead of 16 for its weights, 6 column tiles about 6 * 64 + 16 cycles.
TEST(AccDepth, OfEightCutsAnOpIntoChunksOfEightRowsThatShareWeights) {
  const WholeRun deep = run({});
  const WholeRun shallow = run({"dut.parameters.AccDepth=8", "dut.parameters.Rows=16"});
  expect_match(shallow);
  EXPECT_EQ(shallow.verdict["dut"]["acc_depth"], 8);
  EXPECT_LT(row(shallow, "conv1")["cycles"], 6 * 8 * 16 * 3 / 4);
  EXPECT_EQ(compare(deep.rtl(), shallow.rtl()), 0);
}

IntTensor golden_tensor(const std::vector<std::string>& options, const std::string& name) {
  const TempDirectory out;
  std::vector<std::string> arguments = {"golden", kConfig, "-o", out.path()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  EXPECT_EQ(run_systole(arguments).exit_code, 0);
  return integers(TraceReader(out / "golden").read(name));
}

std::int64_t largest_magnitude(const IntTensor& tensor) {
  std::int64_t largest = 0;
  for (const std::int64_t value : tensor.data) largest = std::max(largest, std::abs(value));
  return largest;
}

// Five patterns, then two images for each of the 24 channels of the first convolution.
TEST(Corners, ReachBothClampsAndLargerSumsThanAllSamples) {
  const auto corners = [](const std::string& count, const std::string& name) {
    return golden_tensor({"--input", "corners", "--count", count}, name);
  };
  const IntTensor codes = corners("53", "conv1.quant");
  EXPECT_THAT(codes.data, Contains(0));
  EXPECT_THAT(codes.data, Contains(255));
  const std::int64_t largest = largest_magnitude(corners("53", "conv1"));
  EXPECT_GT(largest, largest_magnitude(corners("5", "conv1")));
  EXPECT_GT(largest, largest_magnitude(golden_tensor({"--count", "360"}, "conv1")));
}

TEST(RandomInputs, DependOnTheirSeedAlone) {
  const auto image = [](const std::string& seed) {
    return golden_tensor({"--input", "random", "--count", "2", "--set", "inputs.seed=" + seed},
                         "image");
  };
  EXPECT_EQ(image("7").data, image("7").data);
  EXPECT_NE(image("7").data, image("8").data);
}

TEST(FileInputs, AreTheCodesOfTheFile) {
  const TempDirectory directory;
  std::string codes;
  for (int i = 0; i < 2 * 64; ++i) codes += static_cast<char>(3 * i % 256);
  write_npy(directory / "x.npy", "|u1", "(2, 8, 8, 1)", codes);
  const WholeRun digits = run({"inputs.count=5"}, {"--input", directory / "x.npy"});
  expect_match(digits);
  EXPECT_THAT(digits.verdict["inputs"]["source"], HasSubstr("2 of " + directory.path()));
  const IntTensor image = integers(TraceReader(digits.golden()).read("image"));
  ASSERT_EQ(image.shape, (Shape{2, 8, 8, 1}));
  for (std::int64_t i = 0; i < image.size(); ++i) EXPECT_EQ(image[i], 3 * i % 256);
}

}  // namespace
}  // namespace systole::test
