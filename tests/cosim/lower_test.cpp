// lower_test.cpp: imported networks, lowered by the command or on the way through a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/lower_networks.h"
#include "tests/cosim/whole_run.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class LoweredRun : public testing::Test {
 protected:
  void SetUp() override {
    write_bundle(temp_ / "tflite", tflite_like());
    write_bundle(temp_ / "torch2chip", torch2chip_like());
    write_bundle(temp_ / "float_image", float_image_like());
  }

  WholeRun run_bundle(const std::string& name, std::vector<std::string> settings = {}) {
    settings.insert(settings.end(), {"network=" + temp_.path(name), "inputs.count=4"});
    return run(settings);
  }
  Finished lower(std::vector<std::string> words) {
    words.insert(words.begin(), "lower");
    return run_systole(words, temp_.path());
  }

  TempDirectory temp_;
};

TEST_F(LoweredRun, OfTfliteArithmeticMatchesInEveryElement) {
  const WholeRun whole = run_bundle("tflite");
  expect_match(whole, {"flat", "answer"});
  EXPECT_THAT(whole.finished.out, HasSubstr("lowered but for 2 ops, 100.00 % of the MACs"));
  EXPECT_THAT(row(whole, "answer")["message"], HasSubstr("softmax"));
}

TEST_F(LoweredRun, OfTorch2ChipArithmeticMatchesInEveryElement) {
  const WholeRun whole = run_bundle("torch2chip");
  expect_match(whole, {"codes", "fc.codes"});
  EXPECT_EQ(row(whole, "joined.relu")["op"], "mul_quant");
}

TEST_F(LoweredRun, With8BitStreamsMatchesInEveryElement) {
  expect_match(run_bundle("torch2chip", {"lower.streams=8"}), {"codes", "fc.codes"});
}

TEST_F(LoweredRun, RoundsTwiceWhereTheDesignIsBuiltForIt) {
  const WholeRun whole =
      run_bundle("tflite", {"lower.scale=gemmlowp", "dut.parameters.Gemmlowp=1"});
  expect_match(whole, {"sum", "flat", "answer"});
  EXPECT_EQ(row(whole, "conv.codes")["op"], "requantise");
}

/// Of an imported TFLite file, lowered for lanes that round twice: the convolutions' codes are
/// those of the tool's kernels, bit for bit, in the reference and on the design.
void expect_tools_own_codes(const Source& source, const std::vector<std::string>& host) {
  const TempDirectory temp;
  ASSERT_EQ(import_bundle(source, temp / "faithful"), "");
  const Finished lowered =
      run_systole({"lower", temp.path("faithful"), "-o", temp.path("lowered"), "--scale",
                   "gemmlowp", "--input", "random", "--json", temp.path("report.json")});
  ASSERT_EQ(lowered.exit_code, 0) << lowered.err;
  int requantised = 0;
  const json report = json::parse(read_text(temp / "report.json"));
  for (const json& op : report["ops"]) {
    if (op["from"] != "requantise (gemmlowp)") continue;
    ++requantised;
    EXPECT_EQ(op["op"], "requantise") << op;
    EXPECT_GT(op["compared"], 0) << op;
    EXPECT_EQ(op["differing"], 0) << op;
  }
  EXPECT_GT(requantised, 0);
  const WholeRun whole = run({"network=" + temp.path("faithful"), "inputs.source=random",
                              "lower.scale=gemmlowp", "dut.parameters.Gemmlowp=1"});
  expect_match(whole, host);
}

TEST(TfliteFile, GivesItsKernelsCodesOnLanesThatRoundTwice) {
  expect_tools_own_codes(
      {{"tflite", SYSTOLE_SOURCE_DIR "/tests/fixtures/tflite/int8_layers.tflite"}},
      {"t13.sum", "t17.logits.flat", "t19.others.flat", "t20.joined", "t21.softmax", "t22.reals"});
}

TEST(TfliteFile, OfTheDataFolderGivesItsKernelsCodes) {
  SYSTOLE_REQUIRE_DATA(data);
  expect_tools_own_codes({{"tflite", (data / "mlperf_tiny/kws_dscnn_int8.tflite").string()}},
                         {"t32.functional_1/flatten/Reshape", "t34.Identity"});
}

TEST_F(LoweredRun, LeavesTwoRoundingsToTheHostElsewhere) {
  const WholeRun whole = run_bundle("tflite", {"lower.scale=gemmlowp"});
  expect_match(whole, {"conv.codes", "sum", "flat", "answer"});
  EXPECT_THAT(row(whole, "conv.codes")["message"],
              HasSubstr("build it with dut.parameters.Gemmlowp: 1"));
}

TEST_F(LoweredRun, TakesAFloatImagesConvolutionToTheArrayOnDemand) {
  expect_match(run_bundle("float_image"), {"stem", "scaled", "codes"});
  const WholeRun whole = run_bundle("float_image", {"lower.images=9"});
  expect_match(whole, {"image.image"});
  EXPECT_GT(row(whole, "stem.raw")["macs"], 0);
}

TEST_F(LoweredRun, OfALoweredBundleIsTheSame) {
  ASSERT_EQ(lower({"torch2chip", "-o", "lowered"}).exit_code, 0);
  const WholeRun direct = run_bundle("torch2chip"), twice = run_bundle("lowered");
  EXPECT_EQ(compare(direct.golden(), twice.golden()), 0);
}

TEST_F(LoweredRun, OfAnUnknownScaleIsRefused) {
  const Finished finished = run_bundle("tflite", {"lower.scale=normalised(32)"}).finished;
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("lower.scale: got"));
}

TEST_F(LoweredRun, CommandReportsEveryOpWithinOne) {
  for (const std::string name : {"tflite", "torch2chip"}) {
    const Finished finished = lower({name, "-o", "lowered." + name, "--json", "report.json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("% of"));
    const json report = json::parse(read_text(temp_ / "report.json"));
    EXPECT_EQ(report["macs_lowered"], report["macs"]);
    EXPECT_GT(report["compared"], 0);
    for (const json& op : report["ops"]) {
      EXPECT_GT(op["compared"], 0) << op;
      EXPECT_LE(op["largest"], 1) << op;
    }
    EXPECT_EQ(report["outputs"][0]["top1_equal"], 4);
    EXPECT_EQ(report["outputs"][0]["samples"], 4);
  }
}

TEST_F(LoweredRun, CommandListsHostOpsWithReasons) {
  EXPECT_THAT(lower({"torch2chip", "-o", "lowered"}).out, HasSubstr("its operand is reals"));
}

TEST_F(LoweredRun, CommandExplainsWhatItCannotTake) {
  EXPECT_THAT(lower({"--help"}).out, HasSubstr("Examples:"));
  const Finished scale = lower({"tflite", "-o", "out", "--scale", "fixed(40,2)"});
  EXPECT_EQ(scale.exit_code, 2);
  EXPECT_THAT(scale.err, HasSubstr("--scale: got 'fixed(40,2)', expected normalized(BITS)"));
  const Finished input = lower({"tflite", "-o", "out", "--input", "noise"});
  EXPECT_EQ(input.exit_code, 2);
  EXPECT_THAT(input.err, HasSubstr("--input: got 'noise'"));
  EXPECT_EQ(lower({"tflite", "-o", "out", "--streams", "12"}).exit_code, 2);
  EXPECT_EQ(lower({SYSTOLE_SOURCE_DIR "/golden/digits", "-o", "out"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(temp_ / "out"));
}

}  // namespace
}  // namespace systole::test
