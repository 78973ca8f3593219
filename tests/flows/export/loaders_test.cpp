// loaders_test.cpp: the example loaders read what the bundle and the golden trace hold.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "model/tensor/safetensors.h"
#include "sim/image/export_folder.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::string kPython = SYSTOLE_SOURCE_DIR "/build/python/bin/python";
const std::string kLoader = SYSTOLE_SOURCE_DIR "/flows/export/load_images";

#define SYSTOLE_REQUIRE_NUMPY() \
  if (!fs::exists(kPython)) GTEST_SKIP() << "flows/setup --python has not been run"

/// NumPy's threads cost more than they do here.
Finished run_python(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"env", "OPENBLAS_NUM_THREADS=1", kPython});
  return run_process(arguments);
}

/// An export of the digits network, unless the options say another one.
class Export {
 public:
  explicit Export(const std::vector<std::string>& options) {
    std::vector<std::string> command = {"export", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o",
                                        folder()};
    command.insert(command.end(), options.begin(), options.end());
    const Finished finished = run_systole(command);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
  }

  std::string folder() const { return temp_.path("images"); }
  fs::path file(const std::string& name) const { return folder() + "/" + name; }
  Manifest manifest() const {
    return manifest_from_json(read_text(file("manifest.json")), "manifest.json");
  }

  void compile() const {
    const Finished made =
        run_process({"cc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                     "-I" + folder(), kLoader + ".c", "-o", temp_.path("load_images")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  Finished c(std::vector<std::string> tensor) const {
    tensor.insert(tensor.begin(), {temp_.path("load_images"), folder()});
    return run_process(tensor);
  }
  Finished python(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {kLoader + ".py", folder()});
    return run_python(arguments);
  }

 private:
  TempDirectory temp_;
};

/// For every element in a memory its position in the source; -1: it is 0.
std::vector<std::int64_t> positions_of(const ImageTensor& tensor) {
  if (tensor.order)
    return tensor.name == "weight" ? weight_positions(*tensor.order)
                                   : parameter_positions(*tensor.order);
  std::vector<std::int64_t> positions(static_cast<std::size_t>(tensor.count()));
  std::iota(positions.begin(), positions.end(), 0);
  return positions;
}

/// The source's elements in the memory's order, one per line.
std::string expected_dump(const ImageTensor& tensor, const SafetensorsFile& file) {
  const Tensor<std::int64_t> source = file.read_int64(tensor.source.tensor);
  const bool is_one = source.data.size() == 1;
  std::string text;
  for (const std::int64_t position : positions_of(tensor))
    text += fmt::format("{}\n", position < 0 ? 0 : source[is_one ? 0 : position]);
  return text;
}

struct Case {
  std::string name;
  std::vector<std::string> settings;  ///< Of every memory, then of single ones.
  std::vector<std::string> options = {};
};

std::vector<std::string> options_of(const Case& layout) {
  std::vector<std::string> options = layout.options;
  for (const std::string& setting : layout.settings) {
    const bool is_of_all =
        setting.find('.') == std::string::npos && !setting.starts_with("formats");
    if (!is_of_all) options.insert(options.end(), {"--layout-set", setting});
    for (const char* memory : kMemoryNames)
      if (is_of_all)
        options.insert(options.end(),
                       {"--layout-set", fmt::format("memories.{}.{}", memory, setting)});
  }
  return options;
}

const Case kCases[] = {
    {"Default", {}},
    {"BanksWordByWord", {"word_bits=64", "banks=4", "align=4", "formats=raw"}},
    {"BanksInBlocks", {"word_bits=32", "banks=3", "align=3", "interleave=block", "base=9"}},
    {"Lanes", {"lanes=2", "formats=npy raw"}},
    {"BigEndian", {"byte_order=big", "formats=raw"}},
    {"GroupsWithTheFirstElementHigh",
     {"first_element=high"},
     {"--set", "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int", "--set",
      "dut.parameters.Rows=4", "--set", "dut.parameters.Cols=4"}},
    {"BitsTurnedRound", {"bit_order=msb_first"}},
    {"WeightsOf4BitsPacked",
     {"memories.weights.word_bits=32", "memories.weights.beats=packed"},
     {"--set", "quantize.weight_bits=4"}},
    {"WeightsOf5BitsOnOddWords",
     {"memories.weights.word_bits=56"},
     {"--set", "quantize.weight_bits=4", "--layout-set", "memories.weights.element_bits=5"}},
    {"BytesWithWideElements", {"word_bits=8"}},
    {"BytesWithTheHighPartFirst", {"word_bits=8", "first_element=high"}},
    {"Everything",
     {"word_bits=48", "banks=2", "lanes=3", "align=16", "interleave=block", "byte_order=big",
      "bit_order=msb_first", "first_element=high", "padding=1", "formats=npy coe raw"},
     {"--layout-set", "memories.expected.tensors=all", "--layout-set", "split=one"}},
};

void PrintTo(const Case& layout, std::ostream* stream) { *stream << layout.name; }

class Loaders : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Layouts, Loaders, testing::ValuesIn(kCases),
                         [](const auto& each) { return each.param.name; });

TEST_P(Loaders, ReadWhatTheBundleAndTheTraceHold) {
  const Export images(options_of(GetParam()));
  ASSERT_NO_FATAL_FAILURE(images.compile());
  const SafetensorsFile bundle(images.file("network/tensors.safetensors").string());
  const SafetensorsFile golden(images.file("golden/tensors.safetensors").string());
  std::size_t tensors = 0, elements = 0;
  std::string list;
  for (const StoredMemory& memory : images.manifest().memories) {
    const bool is_of_bundle =
        memory.kind == MemoryKind::kWeights || memory.kind == MemoryKind::kParameters;
    for (const auto& [tensor, crc, sha] : memory.tensors) {
      list += fmt::format("{} {} {} {}\n", to_string(memory.kind), tensor.op, tensor.name,
                          tensor.count());
      if (tensor.source.tensor.empty()) continue;
      const Finished dump = images.c({tensor.op, tensor.name});
      EXPECT_EQ(dump.out, expected_dump(tensor, is_of_bundle ? bundle : golden))
          << tensor.name << " of " << tensor.op << dump.err;
      ++tensors;
      elements += static_cast<std::size_t>(element_count(tensor.source.shape));
    }
  }
  EXPECT_EQ(images.c({}).out, list);
  EXPECT_GE(tensors, 35U);
  SYSTOLE_REQUIRE_NUMPY();
  const Finished compared =
      run_python({SYSTOLE_SOURCE_DIR "/tests/flows/export/compare_loader.py", images.folder()});
  EXPECT_EQ(compared.out, fmt::format("{} tensors, {} elements equal\n", tensors, elements))
      << compared.err;
}

/// Damage to one file, and a part of what is said of it.
struct Damage {
  std::string (*damaged)(std::string text);
  std::string message;
};

const Damage kDamages[] = {
    {[](std::string text) { return text.substr(0, text.size() - 1); }, "bytes"},
    {[](std::string text) { return text + "0"; }, "bytes"},
    {[](std::string text) {
       return std::string(1, static_cast<char>(text[0] ^ 1)) + text.substr(1);
     },
     "CRC-32"}};

TEST(LoadersRefuse, FilesThatAreCutLongerChangedOrMissing) {
  const Export images({"--layout-set", "formats=raw"});
  ASSERT_NO_FATAL_FAILURE(images.compile());
  const std::string name = "weights/006_logits.raw", text = read_text(images.file(name));
  std::vector<std::vector<std::string>> python = {{"--list"}};
  if (!fs::exists(kPython)) python.clear();
  const auto expect_refusal = [&](const std::string& message) {
    const auto refused = [&](const Finished& finished) {
      EXPECT_EQ(finished.exit_code, 2);
      EXPECT_EQ(finished.out, "");
      EXPECT_THAT(finished.err, MatchesRegex("error: [^\n]+\n"));
      EXPECT_THAT(finished.err, HasSubstr(name));
      EXPECT_THAT(finished.err, HasSubstr(message));
    };
    refused(images.c({"logits", "weight"}));
    for (const auto& arguments : python) refused(images.python(arguments));
  };
  for (const Damage& damage : kDamages) {
    write_text(images.file(name), damage.damaged(text));
    expect_refusal(damage.message);
  }
  fs::remove(images.file(name));
  expect_refusal("");
  EXPECT_EQ(images.c({"conv1", "weight"}).exit_code, 0);  // From another file.
}

TEST(LoadersRefuse, TensorsThatAreNotThere) {
  const Export images({});
  ASSERT_NO_FATAL_FAILURE(images.compile());
  const Finished c = images.c({"conv1", "bias"});
  EXPECT_EQ(c.exit_code, 2);
  EXPECT_EQ(c.err, "error: conv1: has no such tensor; load_images DIR lists all\n");
  EXPECT_EQ(images.c({"conv1"}).exit_code, 2);
  SYSTOLE_REQUIRE_NUMPY();
  const Finished python = images.python({"--dump", "conv1", "bias"});
  EXPECT_EQ(python.exit_code, 2);
  EXPECT_EQ(python.err, "error: conv1 bias: not among the tensors of --list\n");
}

TEST(LoadersRefuse, FormatsThatTheyDoNotReadWithTheWayOut) {
  const Export images({"--layout-set", "formats=coe mif"});
  ASSERT_NO_FATAL_FAILURE(images.compile());
  const Finished c = images.c({"conv1", "weight"});
  EXPECT_EQ(c.exit_code, 2);
  EXPECT_THAT(c.err, HasSubstr("no raw files; export with --layout-set formats="));
  SYSTOLE_REQUIRE_NUMPY();
  const Finished python = images.python({"--list"});
  EXPECT_EQ(python.exit_code, 2);
  EXPECT_THAT(python.err, HasSubstr("got files in coe, mif, expected raw, hex or npy"));
}

TEST(LoadersRefuse, HeadersAndManifestsOfOtherImages) {
  const Export images({}), others({"--layout-set", "memories.weights.first_element=high"});
  for (const char* name : {"manifest.json", "memory-map.h"}) {
    std::string text = read_text(others.file(name));  // The same files' sizes and CRC-32 in it.
    fs::copy_file(others.file("weights/006_logits.raw"), images.file("weights/006_logits.raw"),
                  fs::copy_options::overwrite_existing);
    write_text(images.file(name), text);
  }
  ASSERT_NO_FATAL_FAILURE(images.compile());
  EXPECT_EQ(images.c({"logits", "weight"}).exit_code, 0);
  EXPECT_THAT(images.c({"conv1", "weight"}).err, HasSubstr("another CRC-32"));
  SYSTOLE_REQUIRE_NUMPY();
  EXPECT_THAT(images.python({"--list"}).err, HasSubstr("CRC-32"));
  for (const char* text : {"[]", R"({"format": "systole-images", "version": 2})",
                           R"({"format": "systole-images", "version": 1, "memories": [{}]})"}) {
    write_text(images.file("manifest.json"), text);
    const Finished finished = images.python({"--list"});
    EXPECT_EQ(finished.exit_code, 2) << text;
    EXPECT_THAT(finished.err, MatchesRegex("error: [^\n]+\n")) << text;
  }
}

}  // namespace
}  // namespace systole::test
