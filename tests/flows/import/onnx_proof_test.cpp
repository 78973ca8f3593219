// onnx_proof_test.cpp: every ONNX QDQ network of the data folder against what ONNX Runtime
// computed.
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

struct OnnxNetwork {
  std::string name;
  std::int64_t elements;     ///< Recorded beside the network's input.
  bool has_own_kernels;      ///< Whether the integer kernels' tensors are stored, too.
  std::int64_t requantised;  ///< Of these, elements of ops `requantise`.
};

void PrintTo(const OnnxNetwork& network, std::ostream* out) { *out << network.name; }

const OnnxNetwork kOnnxNetworks[] = {{"resnet20_s8s8", 888222, false, 565470},
                                     {"resnet20_u8s8", 592148, false, 376980},
                                     {"tinyvit_s8s8", 858832, true, 557136},
                                     {"tinyvit_u8s8", 644124, true, 417852}};

class OnnxQdqNetwork : public testing::TestWithParam<OnnxNetwork> {
 protected:
  nlohmann::json check(const fs::path& data, const std::string& kernels) {
    const std::string stem = (data / "onnx_qdq" / (GetParam().name + "_perchannel")).string();
    const Source source = {{"onnx", stem + ".qdq.onnx", "--kernels", kernels}};
    // Where the kernels have no file of their own, it would equal the emulation's.
    const bool is_own = kernels == "integer" && GetParam().has_own_kernels;
    const std::string recorded = is_own ? ".opt_all.safetensors" : ".opt_disabled.safetensors";
    EXPECT_EQ(import_bundle(source, temp_ / kernels), "");
    return check_goldens(source, temp_ / kernels, {stem + recorded, stem + ".io.safetensors"});
  }

  TempDirectory temp_;
};

TEST_P(OnnxQdqNetwork, EqualsTheEmulationOfQdqInDouble) {
  SYSTOLE_REQUIRE_DATA(data);
  const nlohmann::json checked = check(data, "qdq");
  const Counts counts = count(checked);
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
  EXPECT_EQ(count(checked, {"requantise"}).compared, GetParam().requantised);
  EXPECT_EQ(checked["exit"], 0);
}

TEST_P(OnnxQdqNetwork, EqualsTheIntegerKernelsInFloat32) {
  SYSTOLE_REQUIRE_DATA(data);
  const nlohmann::json checked = check(data, "integer");
  const Counts counts = count(checked);
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
  EXPECT_EQ(checked["exit"], 0);
}

INSTANTIATE_TEST_SUITE_P(Data, OnnxQdqNetwork, testing::ValuesIn(kOnnxNetworks),
                         [](const auto& network) { return network.param.name; });

TEST(OnnxQdqSoftmax, OfTheIntegerKernelsIsNotTheOneOfReals) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  const std::string stem = (data / "onnx_qdq/tinyvit_u8s8_perchannel").string();
  const Source source = {{"onnx", stem + ".qdq.onnx"}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json checked = check_goldens(
      source, temp / "net", {stem + ".opt_all.safetensors", stem + ".io.safetensors"});
  EXPECT_GT(count(checked, {"softmax"}).recorded, 0);
  EXPECT_EQ(checked["exit"], 1);
}

}  // namespace
}  // namespace systole::test
