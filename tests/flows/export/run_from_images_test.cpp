// run_from_images_test.cpp: the design computes the golden tensors from the words of memories
// alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flows/export/exported.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

json verdict_of(const fs::path& folder) {
  return json::parse(read_text(folder / "run" / "verdict.json"));
}

/// Ops of the design that do not match.
std::vector<std::string> wrong_ops(const json& verdict) {
  std::vector<std::string> names;
  for (const json& op : verdict["ops"])
    if (op["engine"] == "rtl" && op["state"] != "match") names.push_back(op["name"]);
  return names;
}

void expect_digits_match(const TempDirectory& folder) {
  fs::remove(folder / "network/tensors.safetensors");
  const Finished run = run_from(folder.path());
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("MATCH  13,156 elements compared, 0 differ"));
}

class OnArrays : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(OnArrays, DigitsRunFromImagesWithoutTheBundlesTensors) {
  std::vector<std::string> options;
  for (const std::string& setting : GetParam()) options.insert(options.end(), {"--set", setting});
  expect_digits_match(*exported(options));
}

INSTANTIATE_TEST_SUITE_P(
    Of, OnArrays,
    testing::Values(std::vector<std::string>{},
                    std::vector<std::string>{"dut.parameters.Rows=8", "dut.parameters.Cols=8"},
                    std::vector<std::string>{"dut.parameters.Rows=16", "dut.parameters.Cols=16"},
                    std::vector<std::string>{"dut.parameters.Rows=32", "dut.parameters.Cols=32"}),
    [](const auto& array) {
      return array.param.empty() ? "4x4"
                                 : array.param[0].substr(20) + "x" + array.param[0].substr(20);
    });

TEST(RunFromImages, TakesWordsOfAnyLayout) {
  expect_digits_match(*exported(
      {"--layout", SYSTOLE_SOURCE_DIR "/configs/layouts/banked.yaml", "--layout-set",
       "memories.weights.byte_order=big", "--layout-set", "memories.parameters.word_bits=8",
       "--layout-set", "formats=intel_hex", "--layout-set", "memories.weights.bit_order=msb_first",
       "--layout-set", "memories.weights.first_element=high", "--layout-set",
       "memories.weights.beats=packed"}));
}

TEST(RunFromImages, RunsInChainedMode) {
  const auto folder = copy_of_export();
  const Finished run = run_from(folder->path(), {"--mode", "chained"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("13,156 elements compared"));
}

/// Replaces the hexadecimal digit at `at` of the first word of a file by another one.
std::string with_other_digit(std::string text) {
  const std::size_t word = text.rfind('\n', text.size() - 2) + 1;
  char& digit = text[word + 3];
  digit = digit == '0' ? '1' : '0';
  return text;
}

TEST(RunFromImages, FindsAFlippedWeightBitInItsOpThoughEveryChecksumIsRight) {
  const auto folder = copy_of_export();
  const std::string path = "weights/003_block2.conv1.memh";
  replace_file(folder->path(), path, with_other_digit(read_text(*folder / path)));
  const Finished run = run_from(folder->path());
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  const json verdict = verdict_of(folder->path());
  ASSERT_FALSE(wrong_ops(verdict).empty());
  EXPECT_EQ(wrong_ops(verdict)[0], "block2.conv1");
  for (const std::string& op : wrong_ops(verdict)) EXPECT_THAT(op, HasSubstr("block2.conv1"));
}

TEST(RunFromImages, FindsAChangedBiasInItsOp) {
  const auto folder = copy_of_export();
  const std::string path = "parameters/000_conv1.quant.memh";
  std::string text = read_text(*folder / path);
  const std::size_t word = text.find('\n', text.find('@')) + 1;
  text[word + 11] = text[word + 11] == '0' ? '1' : '0';  // 2^16 more or less.
  replace_file(folder->path(), path, text);
  const Finished run = run_from(folder->path());
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_EQ(wrong_ops(verdict_of(folder->path())), std::vector<std::string>{"conv1.quant"});
}

TEST(RunFromImages, RefusesADesignOfAnotherArray) {
  const auto folder = copy_of_export();
  const Finished run =
      run_systole({"run", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "--from-images",
                   folder->path(), "-o", folder->path("run"), "--set", "dut.parameters.Rows=8",
                   "--set", "dut.parameters.Cols=8", "--set", "dut.optimize=O0"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("manifest.json: array: got 4x4, 9-bit activations, 9-bit weights, "
                                 "32-bit scales, expected 8x8"));
}

TEST(RunFromImages, SaysThatItNeedsAConfigurationOrImages) {
  const Finished run = run_systole({"run"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err,
              HasSubstr("config: got none, expected the run's YAML file, or --from-images"));
}

}  // namespace
}  // namespace systole::test
