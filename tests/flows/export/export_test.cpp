// export_test.cpp: what `systole export` writes, again the same, and what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/flows/export/exported.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), folder)] = read_text(entry.path());
  return files;
}

TEST(Export, WritesTheSameBytesEveryTime) {
  const auto once = exported();
  const auto again = exported();
  EXPECT_EQ(files_of(once->path()), files_of(again->path()));
  EXPECT_EQ(files_of(once->path()).count("manifest.json"), 1U);
}

TEST(Export, ReplacesAnOlderExportWhole) {
  const auto folder = exported({"--layout-set", "split=one"});
  ASSERT_TRUE(fs::exists(*folder / "weights/all.memh"));
  ASSERT_EQ(export_digits(folder->path()).exit_code, 0);
  EXPECT_FALSE(fs::exists(*folder / "weights/all.memh"));
  EXPECT_TRUE(fs::exists(*folder / "weights/000_conv1.memh"));
}

TEST(Export, LeavesAFolderThatHoldsSomethingElseAlone) {
  const TempDirectory folder;
  write_text(folder / "thesis.txt", "years");
  const Finished finished = export_digits(folder.path());
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("got a directory that holds thesis.txt"));
  EXPECT_EQ(read_text(folder / "thesis.txt"), "years");
}

// The first convolution has 9 weights and 24 channels: on 4x4 6 column tiles of 12 rows. Words hold
// a beat of 4 weights of 8 bits.
TEST(Export, SaysInTheManifestWhereEveryTensorLies) {
  const auto folder = exported();
  const json manifest = json::parse(read_text(*folder / "manifest.json"));
  EXPECT_EQ(manifest["array"]["rows"], 4);
  const json& weights = manifest["memories"][0];
  EXPECT_EQ(weights["name"], "weights");
  EXPECT_EQ(weights["word_bits"], 32);
  const json& conv1 = weights["tensors"][0];
  EXPECT_EQ(conv1["op"], "conv1");
  EXPECT_EQ(conv1["address"], 0);
  EXPECT_EQ(conv1["words"], 6 * 12);
  EXPECT_EQ(conv1["shape"], (json{72, 4}));
  EXPECT_EQ(conv1["source"]["shape"], (json{3, 3, 1, 24}));
  EXPECT_EQ(weights["tensors"][1]["address"], 72);
  EXPECT_EQ(weights["tensors"][1]["region"], 1);
  EXPECT_EQ(weights["tensors"][1]["offset_bytes"], 0);
  EXPECT_EQ(weights["tensors"][1]["dtype"], "int8");
  EXPECT_EQ(weights["regions"][0]["files"][0]["path"], "weights/000_conv1.memh");
}

TEST(Export, PlacesWhatTheLayoutSays) {
  const auto folder = exported({"--layout-set", "memories.weights.base=256", "--layout-set",
                                "memories.weights.align=128", "--layout-set", "formats=hex"});
  const json manifest = json::parse(read_text(*folder / "manifest.json"));
  const json& tensors = manifest["memories"][0]["tensors"];
  EXPECT_EQ(tensors[0]["address"], 256);
  EXPECT_EQ(tensors[1]["address"], 384);
  EXPECT_THAT(read_text(*folder / "weights/001_block1.conv1.memh"), HasSubstr("@180\n"));
}

struct BadLayout {
  std::vector<std::string> settings;
  const char* message;
};

void PrintTo(const BadLayout& bad, std::ostream* out) { *out << bad.settings[0]; }

class Refuses : public testing::TestWithParam<BadLayout> {};

TEST_P(Refuses, TheLayout) {
  const TempDirectory folder;
  std::vector<std::string> options;
  for (const std::string& setting : GetParam().settings)
    options.insert(options.end(), {"--layout-set", setting});
  const Finished finished = export_digits(folder.path("images"), options);
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr(GetParam().message));
  EXPECT_FALSE(fs::exists(folder / "images"));
}

INSTANTIATE_TEST_SUITE_P(
    Of, Refuses,
    testing::Values(
        BadLayout{{"memories.weights.element_bits=4"},
                  "memories.weights.element_bits: got weight of conv1"},
        BadLayout{{"memories.weights.depth=10"}, "memories.weights.depth: got words up to address"},
        BadLayout{{"memories.weights.base=4294967295"}, "memories.weights.base: got words up to"},
        BadLayout{{"memories.weights.word_bits=12"}, "memories.weights.word_bits: got 12"},
        BadLayout{{"memories.weights.word_bits=2048"}, "memories.weights.word_bits: got 2048"},
        BadLayout{{"memories.weights.banks=3"}, "memories.weights.align: got 1"},
        BadLayout{{"memories.parameters.word_bits=64", "memories.parameters.lanes=16"},
                  "memories.parameters.lanes: got 16"},
        BadLayout{{"memories.parameters.padding=-1"},
                  "memories.parameters.padding: got shift of conv1"},
        BadLayout{{"formats=hex elf"},
                  "formats: got hex elf, expected different names of: hex, bin"},
        BadLayout{{"formats=hex hex"}, "formats: got hex hex, expected different names of"},
        BadLayout{{"formats=''"}, "formats: got"},
        BadLayout{
            {"memories.weights.align=1048576", "split=one", "memories.weights.word_bits=1024"},
            "memories.weights.align: got"},
        BadLayout{{"memories.weights.include=false", "memories.parameters.include=false",
                   "memories.activations.include=false", "memories.expected.include=false",
                   "memories.descriptors.include=false"},
                  "memories: got none to write"},
        BadLayout{{"c_alignment=3"}, "c_alignment: got 3, expected a power of two"},
        BadLayout{{"version=2"}, "version: got 2"},
        BadLayout{
            {"memories.weigths.base=1"},
            "--layout-set memories.weigths.base=1: memories.weigths.base: got an unknown key"},
        BadLayout{{"split=bank"}, "split: got"}));

TEST(Export, RefusesALayoutFileThatIsMissingOrHasNoVersion) {
  const TempDirectory folder;
  EXPECT_EQ(export_digits(folder.path("images"), {"--layout", folder.path("none.yaml")}).exit_code,
            2);
  write_text(folder / "empty.yaml", "name: mine\n");
  const Finished finished =
      export_digits(folder.path("images"), {"--layout", folder.path("empty.yaml")});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("version"));
}

TEST(Export, WritesStimulusOfTheOpsThatAreAskedFor) {
  const auto folder = exported({"--stimulus", "--op", "logits"});
  EXPECT_TRUE(fs::exists(*folder / "stimulus/000_logits.quant/systole_stimulus_tb.sv"));
  EXPECT_EQ(std::distance(fs::directory_iterator(*folder / "stimulus"), fs::directory_iterator()),
            1);
  EXPECT_EQ(verify(folder->path()).exit_code, 0);
  const TempDirectory other;
  const Finished finished = export_digits(other.path("images"), {"--stimulus", "--tile", "99"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("tile of conv1.quant: got 99"));
  EXPECT_FALSE(fs::exists(other / "images"));
}

TEST(Export, WritesWhatTorch2ChipsUsersKnow) {
  const TempDirectory folder;
  ASSERT_EQ(export_digits(folder.path(), {"--style", "torch2chip"}).exit_code, 0);
  const json index = json::parse(read_text(folder / "tensors/matmul.json"));
  EXPECT_EQ(index.size(), 7U);
  EXPECT_EQ(index["conv1"]["y_shape"], (json{24, 1, 3, 3}));
  EXPECT_TRUE(fs::exists(folder / "tensors/conv1_x1.npy"));
  EXPECT_EQ(export_digits(folder.path("x"), {"--style", "torch2chip", "--stimulus"}).exit_code, 2);
  EXPECT_EQ(export_digits(folder.path("x"), {"--style", "onnx"}).exit_code, 2);
}

TEST(Export, NeedsAFolder) {
  const Finished finished = run_systole({"export", SYSTOLE_SOURCE_DIR "/configs/digits.yaml"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("--out is required"));
}

}  // namespace
}  // namespace systole::test
