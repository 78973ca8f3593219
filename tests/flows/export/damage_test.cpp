// damage_test.cpp: what is missing, changed or contradictory in an export, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sim/image/manifest.h"
#include "sim/image/verify_images.h"
#include "tests/flows/export/exported.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const std::string kConv1 = "weights/000_conv1.memh";

struct Damage {
  std::string name;
  std::function<void(const fs::path& folder)> make;
  std::string message;    ///< Part of what is said.
  bool stops_run = true;  ///< A run from the images is refused, too.
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

Damage edit(const std::string& name, std::function<void(Json&)> change,
            const std::string& message) {
  return {name, [change](const fs::path& folder) { edit_manifest(folder, change); }, message};
}

void flip(const fs::path& file) {
  std::string text = read_text(file);
  char& digit = text[text.size() / 2];
  digit = digit == '0' ? '1' : '0';
  write_text(file, text);
}

Json& memory(Json& manifest, int number) {
  return manifest["memories"][static_cast<std::size_t>(number)];
}
Json& region(Json& manifest, int number) {
  return memory(manifest, 0)["regions"][static_cast<std::size_t>(number)];
}
Json& tensor(Json& manifest, int number) {
  return memory(manifest, 0)["tensors"][static_cast<std::size_t>(number)];
}

std::vector<Damage> damages() {
  return {
      {"AFlippedBit", [](const fs::path& f) { flip(f / kConv1); }, "000_conv1.memh: CRC-32: got"},
      {"ATruncatedFile",
       [](const fs::path& f) { fs::resize_file(f / kConv1, fs::file_size(f / kConv1) - 5); },
       "000_conv1.memh: bytes: got"},
      {"AnEmptyFile", [](const fs::path& f) { fs::resize_file(f / kConv1, 0); }, "bytes: got 0"},
      {"SwappedFiles",
       [](const fs::path& f) {
         fs::rename(f / kConv1, f / "other");
         fs::rename(f / "weights/001_block1.conv1.memh", f / kConv1);
         fs::rename(f / "other", f / "weights/001_block1.conv1.memh");
       },
       "000_conv1.memh: bytes: got"},
      {"SwappedFilesWithTheirDigests",
       [](const fs::path& f) {
         const std::string one = read_text(f / "weights/001_block1.conv1.memh");
         const std::string two = read_text(f / "weights/002_block1.conv2.memh");
         replace_file(f, "weights/001_block1.conv1.memh", two);
         replace_file(f, "weights/002_block1.conv2.memh", one);
       },
       "001_block1.conv1.memh: address: got"},
      {"AMissingFile", [](const fs::path& f) { fs::remove(f / kConv1); }, "000_conv1.memh"},
      {"AMissingFileOfAnotherFormat",
       [](const fs::path& f) { fs::remove(f / "weights/000_conv1.raw"); }, "000_conv1.raw", false},
      {"AMissingManifest", [](const fs::path& f) { fs::remove(f / "manifest.json"); },
       "manifest.json"},
      {"ACutManifest", [](const fs::path& f) { fs::resize_file(f / "manifest.json", 1000); },
       "expected a manifest of version 1; export again"},
      {"AMissingTrace", [](const fs::path& f) { fs::remove_all(f / "golden"); }, "golden"},
      {"ATraceOfAnotherNetwork",
       [](const fs::path& f) {
         const auto other = exported({"--set", "quantize.weight_bits=4"});
         fs::remove_all(f / "golden");
         fs::copy(*other / "golden", f / "golden", fs::copy_options::recursive);
       },
       "trace.json: SHA-256: got"},
      {"AManifestOfAnotherNetwork",
       [](const fs::path& f) {
         const auto other = exported({"--set", "quantize.weight_bits=4"});
         fs::copy_file(*other / "manifest.json", f / "manifest.json",
                       fs::copy_options::overwrite_existing);
       },
       "trace.json: SHA-256: got"},
      edit(
          "AMissingMemory", [](Json& m) { m["memories"].erase(0); }, "conv1.weight"),
      edit(
          "AMissingTensor", [](Json& m) { memory(m, 0)["tensors"].erase(2); },
          "weights: got something at address"),
      edit(
          "OverlappingTensors", [](Json& m) { tensor(m, 1)["address"] = tensor(m, 0)["address"]; },
          "weights: weight of block1.conv1: got words from address 0x0 on, expected address"),
      edit(
          "OverlappingRegions", [](Json& m) { region(m, 1)["address"] = 5; },
          "weights: files of 'block1.conv1': got words from address 0x5 on, expected address"),
      edit(
          "AnAddressPastTheEnd",
          [](Json& m) {
            memory(m, 0)["depth"] = 100;
            memory(m, 0)["words"] = 100;
          },
          "expected addresses of the memory, below 0x64"),
      edit(
          "AnAddressThatIsHuge", [](Json& m) { tensor(m, 0)["address"] = 1LL << 62; }, "addresses"),
      edit(
          "AnAddressBelowZero", [](Json& m) { tensor(m, 0)["address"] = -1; }, "addresses"),
      edit(
          "AShapeThatIsHuge",
          [](Json& m) {
            tensor(m, 0)["shape"] = {1LL << 40, 1LL << 40};
          },
          "shape"),
      edit(
          "AnotherCount",
          [](Json& m) {
            tensor(m, 0)["shape"] = {7, 4};
          },
          "weight of conv1"),
      edit(
          "ElementsOfNoWidth", [](Json& m) { tensor(m, 0)["element_bits"] = 0; }, "element_bits"),
      edit(
          "WordsOfNoWidth", [](Json& m) { memory(m, 0)["word_bits"] = 7; }, "word_bits"),
      edit(
          "WordsThatNoFileHolds",
          [](Json& m) {
            region(m, 6)["words"] = 1 << 30;
            for (Json& file : region(m, 6)["files"]) file["words"] = 1 << 30;
            memory(m, 0)["words"] = memory(m, 0)["depth"] = 1LL << 31;
          },
          "enough for 1073741824 words"),
      edit(
          "ASourceThatIsHuge",
          [](Json& m) {
            tensor(m, 0)["source"]["shape"] = {1LL << 31, 2};
          },
          "weight of conv1: source"),
      edit(
          "AnUnknownFormat", [](Json& m) { region(m, 0)["files"][0]["format"] = "elf"; },
          "format: \"elf\" is none"),
      edit(
          "APathOutOfTheFolder",
          [](Json& m) { region(m, 0)["files"][0]["path"] = "../../etc/passwd"; },
          "expected a file in the export's folder"),
      edit(
          "AnotherVersion", [](Json& m) { m["version"] = 2; }, "version: got 2, expected 1"),
      edit(
          "AnotherFormat", [](Json& m) { m["format"] = "x"; }, "format: got \"x\""),
      edit(
          "APackOfNoChannels", [](Json& m) { tensor(m, 0)["order"]["packs"][0]["channels"] = 0; },
          "pack: got 0"),
      edit(
          "GroupsThatDivideNothing", [](Json& m) { tensor(m, 0)["order"]["groups"] = 0; }, "order"),
      edit(
          "AListInsteadOfANumber", [](Json& m) { memory(m, 0)["base"] = Json::array(); },
          "expected a manifest of version 1"),
  };
}

class DamagedExport : public testing::TestWithParam<Damage> {};

TEST_P(DamagedExport, IsRefusedByVerifyAndByRun) {
  const auto folder = copy_of_export();
  GetParam().make(folder->path());
  const Finished verified = verify(folder->path());
  EXPECT_EQ(verified.exit_code, 2) << verified.out << verified.err;
  EXPECT_THAT(verified.out + verified.err, HasSubstr(GetParam().message));
  const Finished run = run_from(folder->path());
  EXPECT_EQ(run.exit_code, GetParam().stops_run ? 2 : 0) << run.out << run.err;
}

INSTANTIATE_TEST_SUITE_P(By, DamagedExport, testing::ValuesIn(damages()),
                         [](const auto& damage) { return damage.param.name; });

/// Some digits and brackets of the text are others, or a part is missing.
std::string mutated(std::string text, unsigned seed) {
  std::mt19937 random(seed);
  if (random() % 4 == 0) text.erase(random() % text.size(), 1 + random() % 40);
  for (auto changes = 1 + random() % 6; changes > 0; --changes) {
    const std::size_t at = text.find_first_of("0123456789", random() % text.size());
    if (at != std::string::npos) text[at] = "0123456789-e.[\"9999"[random() % 19];
  }
  return text;
}

// Runs in this process: a crash ends the test.
TEST(DamagedManifest, IsRefusedOrReadWhateverIsChanged) {
  const auto folder = copy_of_export();
  const std::string whole = read_text(*folder / "manifest.json");
  int refused = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    write_text(*folder / "manifest.json", mutated(whole, seed));
    try {
      refused += exit_code(verify_images(folder->path())) == 2;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 800);
}

TEST(VerifyImages, FindsATensorThatIsNotTheOneOfTheManifest) {
  const auto folder = copy_of_export();
  std::string text = read_text(*folder / kConv1);
  char& digit = text[text.size() - 4];
  digit = digit == '0' ? '1' : '0';
  replace_file(folder->path(), kConv1, text);
  const Finished verified = verify(folder->path());
  EXPECT_EQ(verified.exit_code, 2);
  EXPECT_THAT(verified.out, HasSubstr("got other words than weights/000_conv1.memh"));
}

TEST(VerifyImages, IsAMismatchWhereDigestsAreRightAndTheBundleIsAnother) {
  const auto folder = copy_of_export();
  std::string tensors = read_text(*folder / "network/tensors.safetensors");
  tensors.back() = static_cast<char>(tensors.back() ^ 1);
  write_text(*folder / "network/tensors.safetensors", tensors);
  const Finished verified = verify(folder->path());
  EXPECT_EQ(verified.exit_code, 1) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr("differs: "));
  EXPECT_THAT(verified.out, HasSubstr("mismatch: "));
}

TEST(VerifyImages, GoesOnWithoutTheBundlesTensorsAndSaysSo) {
  const auto folder = copy_of_export();
  fs::remove(*folder / "network/tensors.safetensors");
  const Finished verified = verify(folder->path());
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr("tensors.safetensors is not there"));
}

TEST(VerifyImages, PrintsJson) {
  const auto folder = copy_of_export();
  const Json report = Json::parse(run_systole({"verify-images", folder->path(), "--json"}).out);
  EXPECT_EQ(report["exit_code"], 0);
  EXPECT_GT(report["compared"], 34'984);
  EXPECT_EQ(report["memories"][0]["name"], "weights");
  EXPECT_EQ(report["memories"][0]["compared"], 34'984);
}

}  // namespace
}  // namespace systole::test
