// litert_proof_test.cpp: every TFLite network of the data folder against what LiteRT computed.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

struct Network {
  std::string folder;  ///< Of litert_goldens.
  std::string file;    ///< The .tflite file.
  /// Elements that the folder's full traces of the reference kernels and of XNNPACK hold beside
  /// the network's inputs.
  std::int64_t reference, xnnpack;
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.folder; }

const Network kNetworks[] = {
    {"ad_autoencoder", "mlperf_tiny/ad_autoencoder_int8.tflite", 33440, 6688},
    {"ic_resnet8", "mlperf_tiny/ic_resnet8_int8.tflite", 689016, 229672},
    {"kws_dscnn", "mlperf_tiny/kws_dscnn_int8.tflite", 865824, 144304},
    {"vww_mobilenetv1_025", "mlperf_tiny/vww_mobilenetv1_025_int8.tflite", 696204, 232068},
    {"person_detect", "person_detect/person_detect.tflite", 231814, 231814},
    {"mobilenet_v1_extractor",
     "mobilenet_imagenet/mobilenet_v1_1.0_224_quant_embedding_extractor.tflite", 5043712, 0},
    {"mobilenet_v1_head", "mobilenet_imagenet/mobilenet_quant_v1_224_head_layers.tflite", 3003, 0},
    {"mobilenet_v2", "mobilenet_imagenet/mobilenet_v2_1.0_224_quant.tflite", 6898779, 0}};

class LiteRtNetwork : public testing::TestWithParam<Network> {
 protected:
  /// Counts over every trace `*.<kind>.safetensors`, imported with these kernels.
  Counts check_traces(const fs::path& data, const std::string& kernels, const std::string& kind) {
    const Source source = {{"tflite", (data / GetParam().file).string(), "--kernels", kernels}};
    const fs::path bundle = temp_ / kernels;
    EXPECT_EQ(import_bundle(source, bundle), "");
    Counts sum;
    for (const auto& file : fs::directory_iterator(data / "litert_goldens" / GetParam().folder)) {
      if (!file.path().string().ends_with("." + kind + ".safetensors")) continue;
      const nlohmann::json check = check_goldens(source, bundle, {file.path()});
      EXPECT_EQ(check["exit"], 0) << file.path().filename();
      sum = sum + count(check);
    }
    return sum;
  }

  /// The final outputs of every input of the folder.
  Counts check_outputs(const fs::path& data, const std::string& kernels) {
    const Source source = {{"tflite", (data / GetParam().file).string(), "--kernels", kernels}};
    const fs::path bundle = temp_ / (kernels + ".outputs");
    EXPECT_EQ(import_bundle(source, bundle), "");
    return count(check_goldens(
        source, bundle, {data / "litert_goldens" / GetParam().folder / "all_inputs.safetensors"}));
  }

  TempDirectory temp_;
};

class XnnpackNetwork : public LiteRtNetwork {};

TEST_P(LiteRtNetwork, EqualsTheReferenceKernelsOperatorByOperator) {
  SYSTOLE_REQUIRE_DATA(data);
  const Counts counts = check_traces(data, "reference", "ref");
  EXPECT_EQ(counts.compared, GetParam().reference);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
}

TEST_P(XnnpackNetwork, EqualsXnnpackInTheFloat32Dialect) {
  SYSTOLE_REQUIRE_DATA(data);
  const Counts counts = check_traces(data, "xnnpack", "xnnpack");
  EXPECT_EQ(counts.compared, GetParam().xnnpack);
  EXPECT_EQ(counts.recorded, 0);
}

TEST_P(LiteRtNetwork, GivesTheReferenceKernelsAnswersForEveryInput) {
  SYSTOLE_REQUIRE_DATA(data);
  const Counts counts = check_outputs(data, "reference");
  EXPECT_GT(counts.compared, 0);
  EXPECT_EQ(counts.chained, 0);
}

TEST_P(LiteRtNetwork, GivesTheOptimisedKernelsAnswersForEveryInput) {
  SYSTOLE_REQUIRE_DATA(data);
  const Counts counts = check_outputs(data, "optimised");
  EXPECT_GT(counts.compared, 0);
  EXPECT_EQ(counts.chained, 0);
}

TEST_P(LiteRtNetwork, GivesXnnpacksAnswersForEveryInput) {
  SYSTOLE_REQUIRE_DATA(data);
  const Counts counts = check_outputs(data, "xnnpack");
  EXPECT_GT(counts.compared, 0);
  EXPECT_EQ(counts.chained, 0);
}

std::string name_of(const testing::TestParamInfo<Network>& network) { return network.param.folder; }

INSTANTIATE_TEST_SUITE_P(Data, LiteRtNetwork, testing::ValuesIn(kNetworks), name_of);
/// The first five have traces of XNNPACK.
INSTANTIATE_TEST_SUITE_P(Data, XnnpackNetwork, testing::ValuesIn(kNetworks, kNetworks + 5),
                         name_of);

TEST(LiteRtSingleOps, EqualTheReferenceKernels) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  int cases = 0;
  for (const auto& file : fs::directory_iterator(data / "litert_goldens/single_ops")) {
    if (file.path().extension() != ".tflite") continue;
    const std::string name = file.path().stem().string();
    const Source source = {{"tflite", file.path().string()}};
    ASSERT_EQ(import_bundle(source, temp / name), "") << name;
    const nlohmann::json check = check_goldens(
        source, temp / name, {fs::path(file.path()).replace_extension("safetensors")});
    const Counts counts = count(check);
    EXPECT_GT(counts.compared, 0) << name;
    EXPECT_EQ(counts.recorded, 0) << name;
    EXPECT_EQ(check["exit"], 0) << name;
    ++cases;
  }
  EXPECT_EQ(cases, 29);
}

}  // namespace
}  // namespace systole::test
