// encodings_aimet_test.cpp: AIMET's own files of a ResNet-20, and the integers of its simulator.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "model/quant/encodings_json.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/range_encoding.h"
#include "model/tensor/safetensors.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

class AimetFiles : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("SYSTOLE_DATA");
    if (data == nullptr || !fs::is_directory(fs::path(data) / "aimet"))
      GTEST_SKIP() << "SYSTOLE_DATA names no folder with AIMET's files";
    folder_ = fs::path(data) / "aimet";
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// The float weights, in the order of `names`: the exported network's data file holds nothing
  /// else.
  std::map<std::string, FloatTensor> weights(const std::vector<std::string>& names,
                                             const SafetensorsFile& shapes) const {
    const std::string bytes = read_bytes(path("m.data"));
    std::map<std::string, FloatTensor> tensors;
    std::size_t at = 0;
    for (const std::string& name : names) {
      FloatTensor tensor(shapes.shape(name));
      const std::size_t size = tensor.data.size() * sizeof(float);
      std::memcpy(tensor.data.data(), bytes.data() + at, size);
      at += size;
      tensors[name] = tensor;
    }
    EXPECT_EQ(at, bytes.size());
    return tensors;
  }

  fs::path folder_;
};

TensorShapes shapes_of(const SafetensorsFile& file) {
  TensorShapes shapes;
  for (const std::string& name : file.names()) shapes[name] = file.shape(name);
  return shapes;
}

TEST_F(AimetFiles, ComeOutByteForByte) {
  int count = 0;
  for (const auto& file : fs::directory_iterator(folder_)) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".json" || name.find("lpbq") != std::string::npos) continue;
    const SafetensorsFile weights(path(name.substr(0, name.find('.')) + ".weights.safetensors"));
    const EncodingsFile encodings = load_encodings(path(name), shapes_of(weights));
    EXPECT_EQ(encodings_to_json(encodings), read_bytes(path(name))) << name;
    ++count;
  }
  EXPECT_EQ(count, 18);
}

TEST_F(AimetFiles, TheVersionsHoldTheSameQuantizers) {
  const auto load = [&](const std::string& version) {
    std::map<std::string, Encoding> encodings;
    const EncodingsFile file = load_encodings(path("w8a8_minmax.encodings_" + version + ".json"));
    for (const EncodingEntry& entry : file.entries) encodings[entry.encoding.name] = entry.encoding;
    return encodings;
  };
  const auto oldest = load("0.6.1");
  const auto newest = load("2.0.0");
  EXPECT_EQ(oldest.size(), 51U);
  EXPECT_EQ(newest.size(), 76U);
  EXPECT_EQ(oldest, load("1.0.0"));
  for (const auto& [name, encoding] : oldest) EXPECT_EQ(newest.at(name), encoding) << name;
}

TEST_F(AimetFiles, EveryWeightHasTheSimulatorsInteger) {
  for (const std::string variant :
       {"w8a8_minmax", "w4a8_minmax", "w8a16_minmax", "w4a16_block16"}) {
    const SafetensorsFile integers(path(variant + ".weights.safetensors"));
    const EncodingsFile file =
        load_encodings(path(variant + ".encodings_1.0.0.json"), shapes_of(integers));
    std::vector<Encoding> encodings;
    std::vector<std::string> names;
    for (const EncodingEntry& entry : file.entries) {
      if (entry.role != EncodingRole::kParameter) continue;
      encodings.push_back(entry.encoding);
      names.push_back(entry.encoding.name);
    }
    const auto reals = weights(names, integers);
    std::int64_t compared = 0;
    for (const Encoding& encoding : encodings) {
      const IntTensor expected = integers.read_int(encoding.name);
      const FloatTensor& w = reals.at(encoding.name);
      EXPECT_EQ(quantize(w, encoding), expected) << variant << " " << encoding.name;
      EXPECT_EQ(quantize(w, encoding, Arithmetic::kFloat32), expected)
          << variant << " " << encoding.name;
      compared += expected.size();
    }
    EXPECT_EQ(compared, 268336) << variant;
  }
}

TEST_F(AimetFiles, MinMaxFindsTheScalesThatWereNotRaised) {
  const SafetensorsFile integers(path("w8a8_minmax.weights.safetensors"));
  const EncodingsFile file = load_encodings(path("w8a8_minmax.encodings_1.0.0.json"));
  std::vector<std::string> names;
  for (const EncodingEntry& entry : file.entries)
    if (entry.role == EncodingRole::kParameter) names.push_back(entry.encoding.name);
  const auto reals = weights(names, integers);
  std::int64_t equal = 0;
  std::vector<std::string> others;
  for (const EncodingEntry& entry : file.entries) {
    if (entry.role != EncodingRole::kParameter) continue;
    const Encoding& theirs = entry.encoding;
    const Encoding ours =
        encode_minmax(theirs.name, theirs.spec, reals.at(theirs.name), Arithmetic::kFloat32);
    for (std::int64_t c = 0; c < ours.scale.size(); ++c) {
      if (ours.scale[c] == theirs.scale[c]) {
        ++equal;
        continue;
      }
      others.push_back(theirs.name + " " + std::to_string(c));
      EXPECT_GT(theirs.scale[c], ours.scale[c]) << others.back();
    }
  }
  // Four dead channels at float32's epsilon, AIMET's least scale, and one raised for its bias.
  EXPECT_EQ(equal, 693);
  EXPECT_EQ(others,
            (std::vector<std::string>{"layer1.2.conv1.weight 11", "layer2.0.conv2.weight 5",
                                      "layer2.1.conv1.weight 21", "layer3.1.conv1.weight 59",
                                      "layer3.2.conv1.weight 31"}));
}

TEST_F(AimetFiles, TheInputHasTheSimulatorsIntegers) {
  const FloatTensor images =
      SafetensorsFile(path("w8a8_minmax.io.safetensors")).read_float("input");
  for (const std::string variant :
       {"w8a8_minmax", "w8a8_sqnr", "w8a8_percentile", "w8a16_minmax"}) {
    const IntTensor expected =
        SafetensorsFile(path(variant + ".activations.safetensors")).read_int("input");
    FloatTensor x(expected.shape);
    std::copy_n(images.data.begin(), x.data.size(), x.data.begin());
    const EncodingsFile file = load_encodings(path(variant + ".encodings_2.0.0.json"));
    for (const EncodingEntry& entry : file.entries)
      if (entry.encoding.name == "input") {
        EXPECT_EQ(quantize(x, entry.encoding, Arithmetic::kFloat32), expected) << variant;
      }
  }
}

TEST_F(AimetFiles, LpbqIsRefusedByName) {
  EXPECT_NE(message_of([&] {
              load_encodings(path("w4a16_lpbq16.encodings_2.0.0.json"));
            }).find("LPBQ is not read"),
            std::string::npos);
}

}  // namespace
}  // namespace systole
