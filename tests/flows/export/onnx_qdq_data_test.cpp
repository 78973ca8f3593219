// onnx_qdq_data_test.cpp: networks of the data folder, quantised here, in ONNX Runtime.
#include <gtest/gtest.h>

#include "tests/flows/export/onnx_qdq.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// ResNet-20 of the data folder with ten images to calibrate on and ten others to run.
void import_resnet20(const fs::path& data, const TempDirectory& temp) {
  const fs::path root = SYSTOLE_SOURCE_DIR, images = data / "cifar10_lossless";
  Source source{{"pytorch", (data / "cifar10_resnet/resnet20.th").string(), "--topology",
                 (root / "tests/flows/import/topologies/resnet20.yaml").string()}};
  for (const auto& [set, range] : {std::pair{"calibration", "10:20"}, {"test", "0:10"}}) {
    const std::string file = temp.path(std::string(set) + ".safetensors");
    const Finished written = run_process(
        {(root / "build/python/bin/python").string(),
         (root / "flows/import/image_samples.py").string(), (images / "tests.idx").string(),
         "--labels", (images / "labels.idx").string(), "--range", range, "--mean", "0.485", "0.456",
         "0.406", "--std", "0.229", "0.224", "0.225", "-o", file});
    ASSERT_EQ(written.exit_code, 0) << written.err;
    source.words.insert(source.words.end(), {"--samples", std::string(set) + "=" + file});
  }
  ASSERT_EQ(import_bundle(source, temp / "float"), "");
}

TEST(OnnxQdqResNet20, DiffersInOnnxRuntimeOnlyWhereFloat32IsNearATie) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  ASSERT_NO_FATAL_FAILURE(import_resnet20(data, temp));
  const std::string recipe = SYSTOLE_SOURCE_DIR "/configs/recipes/affine.yaml";
  for (const std::vector<std::string>& options : {std::vector<std::string>{},
                                                  {"--set", "quantize.recipe=" + recipe},
                                                  {"--set", "quantize.weight_bits=4"}}) {
    std::vector<std::string> words = {"--set", "network=" + temp.path("float"), "--count", "10"};
    words.insert(words.end(), options.begin(), options.end());
    const OnnxModel network(words);
    const OnnxCounts counts = network.run();
    EXPECT_EQ(counts.compared, 2100580);
    EXPECT_EQ(counts.unexplained(), 0) << counts.text;
    EXPECT_EQ(counts.rounded_bias, 0);
    EXPECT_LE(counts.near_ties, 12);  // 3, 6 and 2 on one machine.
    EXPECT_EQ(network.differing_from_own_operands(), counts.near_ties);
  }
}

// With `double` arithmetic ONNX Runtime emulates it, with `integer` its own kernels compute it.
TEST(OnnxQdqTransformer, ImportedAndExportedDiffersOnlyWhereFloat32IsNearATie) {
  SYSTOLE_REQUIRE_DATA(data);
  const std::string stem = (data / "onnx_qdq/tinyvit_u8s8_perchannel").string();
  for (const auto& [kernels, options] :
       {std::pair<std::string, std::vector<std::string>>{"qdq", {}}, {"integer", {"--optimise"}}}) {
    const TempDirectory temp;
    const Source source{
        {"onnx", stem + ".qdq.onnx", "--kernels", kernels, "--samples", stem + ".io.safetensors"}};
    ASSERT_EQ(import_bundle(source, temp / "net"), "");
    const OnnxModel network({"--set", "network=" + temp.path("net"), "--count", "6"});
    const OnnxCounts counts = network.run(options);
    EXPECT_EQ(counts.tensors, 81);
    EXPECT_EQ(counts.compared, 6 * 116634);
    EXPECT_EQ(counts.unexplained(), 0) << kernels << counts.text;
    EXPECT_LE(counts.near_ties, 4) << kernels << counts.text;
  }
}

}  // namespace
}  // namespace systole::test
