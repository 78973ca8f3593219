// lower_data_test.cpp: the networks of the data folder, imported, lowered, run on the design.
#include <gtest/gtest.h>

#include "tests/cosim/whole_run.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Network {
  std::string name;
  std::string file;     ///< A .tflite file, or empty: a Torch2Chip export.
  std::string samples;  ///< Below litert_goldens.
  double least_macs = 1.0;
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.name; }

// ResNet-20's first convolution is a float one on a float image: 1.08 % of the MACs.
constexpr double kWithoutFirst = 0.989;

const Network kNetworks[] = {
    {"ad", "mlperf_tiny/ad_autoencoder_int8.tflite", "ad_autoencoder"},
    {"ic", "mlperf_tiny/ic_resnet8_int8.tflite", "ic_resnet8"},
    {"kws", "mlperf_tiny/kws_dscnn_int8.tflite", "kws_dscnn"},
    {"vww", "mlperf_tiny/vww_mobilenetv1_025_int8.tflite", "vww_mobilenetv1_025"},
    {"person", "person_detect/person_detect.tflite", "person_detect"},
    {"mobilenet_v1", "mobilenet_imagenet/mobilenet_v1_1.0_224_quant_embedding_extractor.tflite",
     "mobilenet_v1_extractor"},
    {"mobilenet_v1_head", "mobilenet_imagenet/mobilenet_quant_v1_224_head_layers.tflite",
     "mobilenet_v1_head"},
    {"mobilenet_v2", "mobilenet_imagenet/mobilenet_v2_1.0_224_quant.tflite", "mobilenet_v2"},
    {"resnet20_w8a8", "", "", kWithoutFirst},
    {"resnet20_w4a4", "", "", kWithoutFirst},
    {"resnet_basic_w8a8", "", ""},
    {"resnet_bottleneck_w8a8", "", ""},
    {"vgg_bn_w8a4", "", ""},
    {"vgg_bn_nm24_w8a8", "", ""},
    {"vgg_bn_reclamp_w8a8", "", ""},
    {"vgg_bn_bias_w8a8", "", ""},
    {"mobilenetv1_w8a8", "", ""}};

/// `systole import` of the network with the folder's inputs as samples.
Source source_of(const Network& network, const fs::path& data) {
  if (!network.file.empty()) {
    const fs::path inputs = data / "litert_goldens" / network.samples / "all_inputs.safetensors";
    return {{"tflite", (data / network.file).string(), "--samples", inputs.string()}};
  }
  const fs::path folder = data / "torch2chip" / network.name;
  return {{"torch2chip", folder.string(), "--topology",
           SYSTOLE_SOURCE_DIR "/tests/flows/import/topologies/" + network.name + ".yaml",
           "--samples", (folder / "input.npy").string()}};
}

class LoweredNetwork : public testing::TestWithParam<Network> {};

TEST_P(LoweredNetwork, StaysWithinOneOfTheFaithfulOneAndGivesItsAnswers) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  ASSERT_EQ(import_bundle(source_of(GetParam(), data), temp / "faithful"), "");
  const Finished finished = run_systole({"lower", temp.path("faithful"), "-o", temp.path("lowered"),
                                         "--count", "64", "--json", temp.path("report.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json report = json::parse(read_text(temp / "report.json"));
  EXPECT_GE(report["macs_lowered"].get<double>(),
            GetParam().least_macs * report["macs"].get<double>());
  EXPECT_GT(report["compared"], 0);
  for (const json& op : report["ops"]) {
    EXPECT_GT(op["compared"], 0) << op;
    EXPECT_LE(op["largest"], 1) << op;
  }
  for (const json& output : report["outputs"]) {
    EXPECT_GT(output["samples"], 0);
    EXPECT_EQ(output["top1_equal"], output["samples"]) << output;
  }
}

INSTANTIATE_TEST_SUITE_P(Data, LoweredNetwork, testing::ValuesIn(kNetworks),
                         [](const auto& network) { return network.param.name; });

/// One sample, lowered on the way, on a 16x16 design; every op that `host` does not name matches.
void expect_match_lowered(const Network& network, const fs::path& data) {
  const TempDirectory temp;
  ASSERT_EQ(import_bundle(source_of(network, data), temp / "faithful"), "");
  const WholeRun whole =
      run({"network=" + temp.path("faithful"), "dut.parameters.Rows=16", "dut.parameters.Cols=16"});
  ASSERT_EQ(whole.finished.exit_code, 0) << whole.finished.out << whole.finished.err;
  EXPECT_EQ(whole.verdict["verdict"], "match");
  std::int64_t macs = 0, macs_compared = 0;
  for (const json& op : whole.verdict["ops"]) {
    const bool is_host = op["engine"] == "host";
    const std::int64_t count = op["macs"];
    macs += count;
    macs_compared += is_host ? 0 : count;
    std::int64_t elements = 1;
    for (const json& extent : op["shape"]) elements *= extent.get<std::int64_t>();
    EXPECT_EQ(op["compared"], is_host ? 0 : elements) << op;
    EXPECT_EQ(op["mismatched"], 0) << op;
  }
  EXPECT_GT(macs, 0);
  EXPECT_EQ(macs_compared, macs);
}

TEST(LoweredCosimulation, OfResNet8MatchesInEveryElement) {
  SYSTOLE_REQUIRE_DATA(data);
  expect_match_lowered(kNetworks[1], data);
}

TEST(LoweredCosimulation, OfAPrunedVggMatchesInEveryElement) {
  SYSTOLE_REQUIRE_DATA(data);
  expect_match_lowered(kNetworks[13], data);
}

}  // namespace
}  // namespace systole::test
