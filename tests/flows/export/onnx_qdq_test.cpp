// onnx_qdq_test.cpp: exported ONNX models give our integers in ONNX Runtime.
#include "tests/flows/export/onnx_qdq.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace systole::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kRecipes = SYSTOLE_SOURCE_DIR "/configs/recipes/";

/// A network, and how many of its tensors and elements ONNX Runtime computes.
struct QdqCase {
  std::string name;
  std::vector<std::string> options;
  std::int64_t tensors, elements;
  std::map<std::string, int> nodes;  ///< Some of the model's.
};

void PrintTo(const QdqCase& network, std::ostream* stream) { *stream << network.name; }

const QdqCase kNetworks[] = {
    {"Digits", {}, 10, 26728, {{"Conv", 6}, {"Gemm", 1}, {"GlobalAveragePool", 1}, {"Add", 2}}},
    {"ZeroPoints", {"--set", "quantize.recipe=" + kRecipes + "affine.yaml"}, 10, 26728, {}},
    {"NarrowCodesAndAnAddition",
     {"--set", "quantize.recipe=" + kRecipes + "digits_mixed.yaml"},
     12,
     33032,
     {{"Clip", 6}, {"Add", 2}}},
    {"WeightsOf4Bits", {"--set", "quantize.weight_bits=4"}, 10, 26728, {}},
    {"ScalePerTensor", {"--set", "quantize.recipe=" + kRecipes + "per_tensor.yaml"}, 10, 26728, {}},
    {"ScalesOf32Bits", {"--set", "quantize.scale_bits=32"}, 10, 26728, {{"Add", 2}}},
    {"GroupsPoolsAndConcatenation",
     {"--set", "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int"},
     19,
     6476,
     {{"Concat", 1}, {"MaxPool", 1}, {"AveragePool", 2}, {"Relu", 1}}},
};

class OnnxQdq : public testing::TestWithParam<QdqCase> {};
INSTANTIATE_TEST_SUITE_P(, OnnxQdq, testing::ValuesIn(kNetworks),
                         [](const auto& each) { return each.param.name; });

TEST_P(OnnxQdq, GivesOurIntegersInOnnxRuntime) {
  const OnnxModel network(GetParam().options);
  for (const auto& [node, count] : GetParam().nodes)
    EXPECT_EQ(network.summary()["nodes"].value(node, 0), count) << node;
  const OnnxCounts counts = network.run();
  EXPECT_EQ(counts.tensors, GetParam().tensors);
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.differing, 0) << counts.text;
  EXPECT_EQ(network.differing_from_own_operands(), 0);
}

/// Its optimiser rounds biases to steps of the sums, else it computes what it did without.
TEST_P(OnnxQdq, DiffersWithOptimisationsInRoundedBiasesOnly) {
  const OnnxModel network(GetParam().options);
  EXPECT_EQ(network.run({"--optimise", "--keep-biases"}).differing, 0);
  const OnnxCounts counts = network.run({"--optimise"});
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.unexplained(), 0) << counts.text;
}

TEST(OnnxQdqDigits, DifferInManyImagesOnlyWhereFloat32IsNearATie) {
  const OnnxModel network({"--count", "120"});
  const OnnxCounts counts = network.run();
  EXPECT_EQ(counts.compared, 30 * 26728);
  EXPECT_EQ(counts.unexplained(), 0) << counts.text;
  EXPECT_EQ(counts.rounded_bias, 0);
  EXPECT_LE(counts.near_ties, 30) << counts.text;
  // The C++ ops find the same ones.
  EXPECT_EQ(network.differing_from_own_operands(), counts.near_ties) << counts.text;
}

TEST(OnnxQdqDigits, TakeBiasesOfInt32ForIntegerKernels) {
  const OnnxModel network({}, {"--bias", "int32"});
  EXPECT_EQ(network.summary()["bias"], (json{{"int32", 7}, {"float32", 0}}));
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--optimise"}}) {
    const OnnxCounts counts = network.run(options);
    EXPECT_EQ(counts.unexplained(), 0) << counts.text;
    EXPECT_GT(counts.rounded_bias, 0) << counts.text;
  }
}

TEST(OnnxQdqDigits, HaveTheTypesThatTheirCodesNeed) {
  const json plain = OnnxModel({}).summary();
  EXPECT_EQ(plain["opset"], 21) << "logits of int16";
  EXPECT_EQ(plain["bias"], (json{{"int32", 0}, {"float32", 7}}));
  EXPECT_EQ(plain["warnings"], json::array());
  EXPECT_EQ(OnnxModel({"--set", "quantize.output_bits=8"}).summary()["opset"], 17);
}

/// Another network's bundle and trace, with the same names: a wrong model cannot be explained away.
TEST(OnnxQdqDigits, AreNotExplainedByAnotherNetwork) {
  const OnnxModel model({}), other({"--set", "quantize.recipe=" + kRecipes + "mse.yaml"});
  const Finished finished =
      run_onnx({model.model(), "--bundle", other.bundle(), "--trace", other.trace()});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("DIFFERS: 10 tensors"));
}

}  // namespace
}  // namespace systole::test
