// layouts_test.cpp: what is written in any layout is read back, element by element.
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "flows/cli/design_geometry.h"
#include "flows/cli/prepare.h"
#include "model/network/bundle.h"
#include "model/tensor/safetensors.h"
#include "sim/image/decode.h"
#include "sim/image/load_images.h"
#include "sim/image/write_images.h"
#include "tests/support/files.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// The embedded network as integers with weights of so many bits, on a 4x4 array.
class Digits {
 public:
  explicit Digits(int weight_bits)
      : config_(load_run_config(SYSTOLE_SOURCE_DIR "/configs/digits.yaml",
                                {"inputs.count=1", "dut.parameters.Rows=4", "dut.parameters.Cols=4",
                                 "quantize.weight_bits=" + std::to_string(weight_bits)})),
        prepared_(prepare(config_, false)),
        geometry_(design_geometry(config_.dut)) {
    const IntNetwork& network = prepared_.network();
    golden_ = record_trace(network, write_bundle(folder_.path("bundle"), prepared_.bundle),
                           make_inputs(network, prepared_.bundle.samples, config_.inputs).tensors);
    plan_ = plan_jobs(network, geometry_);
    fix_pack_groups(plan_, golden_, geometry_);
    bundle_.emplace(folder_.path("bundle") + "/tensors.safetensors");
  }

  int weight_bits() const { return narrowest_weight_bits(plan_, geometry_); }

  /// Writes the memories, reads them back from the files and compares every tensor with the
  /// bundle's or the golden one's. Returns the number of elements.
  std::int64_t round_trip(const std::vector<std::string>& settings) const {
    write_text(folder_ / "layout.yaml", "version: 1\n");
    const ImageLayout layout = parse_image_layout(
        Settings::load(folder_.path("layout.yaml"), image_layout_keys(), settings), geometry_,
        weight_bits());
    Manifest written;
    for (const ImageText& text :
         make_images({prepared_.network(), plan_, golden_, geometry_}, layout, written)) {
      fs::create_directories((folder_ / text.path).parent_path());
      write_text(folder_ / text.path, text.text);
    }
    const Manifest manifest = manifest_from_json(to_json(written), "manifest.json");
    std::int64_t elements = 0;
    for (const StoredMemory& memory : manifest.memories) {
      const RegionWords words = load_memory(folder_.path(), memory, FileChecks::kEveryFile);
      for (const StoredTensor& stored : memory.tensors) elements += check(memory, stored, words);
    }
    return elements;
  }

 private:
  std::int64_t check(const StoredMemory& memory, const StoredTensor& stored,
                     const RegionWords& words) const {
    const ImageTensor& tensor = stored.tensor;
    const std::vector<std::int64_t> elements = read_elements(words, memory, tensor);
    EXPECT_EQ(digests_of(elements)[0], stored.crc32) << tensor.op << " " << tensor.name;
    if (tensor.source.tensor.empty()) return 0;
    const SafetensorsEntry entry = decode(tensor, elements);
    if (bundle_->contains(entry.name)) {
      EXPECT_EQ(entry.bytes, bundle_->bytes(entry.name)) << entry.name;
      EXPECT_EQ(entry.dtype, bundle_->dtype(entry.name)) << entry.name;
    } else {
      const IntTensor& golden = integers(golden_.tensors.at(entry.name));
      EXPECT_TRUE(
          std::equal(elements.begin(), elements.end(), golden.data.begin(), golden.data.end()))
          << entry.name;
    }
    return std::ssize(elements);
  }

  TempDirectory folder_;
  RunConfig config_;
  Prepared prepared_;
  Geometry geometry_;
  Trace golden_;
  Plan plan_;
  std::optional<SafetensorsFile> bundle_;
};

const Digits& digits(int weight_bits) {
  static const Digits eight(8), four(4), two(2);
  return weight_bits == 8 ? eight : weight_bits == 4 ? four : two;
}

std::string set(const std::string& memory, const std::string& key, const std::string& value) {
  return "memories." + memory + "." + key + "=" + value;
}

class InFormat : public testing::TestWithParam<ImageFormat> {};

TEST_P(InFormat, EveryWidthByteOrderAndPackingHoldsTheNetwork) {
  for (const int weight_bits : {8, 4, 2}) {
    ASSERT_EQ(digits(weight_bits).weight_bits(), weight_bits);
    for (const char* word_bits : {"8", "32", "64", "128", "256"})
      for (const char* byte_order : {"little", "big"}) {
        SCOPED_TRACE(testing::Message() << weight_bits << "-bit weights, words of " << word_bits
                                        << " bits, " << byte_order);
        std::vector<std::string> settings = {"formats=" + to_string(GetParam()),
                                             "memories.expected.include=false",
                                             "memories.descriptors.include=false"};
        for (const char* memory : {"weights", "parameters", "activations"}) {
          settings.push_back(set(memory, "word_bits", word_bits));
          settings.push_back(set(memory, "byte_order", byte_order));
        }
        EXPECT_GT(digits(weight_bits).round_trip(settings), 34'984);
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, InFormat, testing::ValuesIn(kImageFormats),
                         [](const auto& format) { return to_string(format.param); });

/// Valid settings of every key of a layout.
std::vector<std::string> random_settings(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::vector<std::string> values) {
    return values[random() % values.size()];
  };
  std::vector<std::string> settings = {
      "split=" + pick({"op", "one"}), "c_alignment=" + pick({"1", "16", "4096"}),
      "formats=" + to_string(kImageFormats[random() % kImageFormats.size()])};
  for (const std::string memory : kMemoryNames) {
    const int banks = std::stoi(pick({"1", "1", "2", "3", "8"}));
    settings.push_back(set(memory, "word_bits", pick({"16", "24", "32", "64", "136", "1024"})));
    settings.push_back(set(memory, "byte_order", pick({"little", "big"})));
    settings.push_back(set(memory, "bit_order", pick({"lsb_first", "msb_first"})));
    settings.push_back(set(memory, "first_element", pick({"low", "high"})));
    settings.push_back(set(memory, "padding", pick({"0", "1"})));
    settings.push_back(set(memory, "lanes", pick({"1", "1", "1"})));
    settings.push_back(set(memory, "interleave", pick({"word", "block"})));
    settings.push_back(set(memory, "banks", std::to_string(banks)));
    settings.push_back(
        set(memory, "base", std::to_string(banks * std::stoi(pick({"0", "7", "4096"})))));
    settings.push_back(
        set(memory, "align", std::to_string(banks * std::stoi(pick({"1", "4", "9"})))));
    if (settings.back().empty()) continue;
    if (random() % 3 == 0) {  // Lanes need words that they cut into bytes.
      settings.push_back(set(memory, "word_bits", "128"));
      settings.push_back(set(memory, "lanes", pick({"2", "4", "16"})));
    }
    if (memory == "weights") {
      settings.push_back(set(memory, "element_bits", pick({"0", "8", "9", "13"})));
      settings.push_back(set(memory, "beats", pick({"aligned", "packed"})));
    }
    if (memory == "activations" || memory == "expected")
      settings.push_back(set(memory, "tensors", pick({"ends", "all"})));
  }
  return settings;
}

TEST(AnyLayout, HoldsTheNetwork) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const std::vector<std::string> settings = random_settings(seed);
    std::string text;
    for (const std::string& setting : settings) text += setting + " ";
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
    ASSERT_GT(digits(8).round_trip(settings), 34'984);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace systole::test
