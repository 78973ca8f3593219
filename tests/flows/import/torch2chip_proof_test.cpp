// torch2chip_proof_test.cpp: the exported networks of the data folder against what Torch2Chip
// computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// Elements that Torch2Chip recorded, as the data folder's README counts them.
struct Network {
  std::string name;
  std::int64_t products;         ///< Results of convolutions and matrix products that are integers.
  std::int64_t mul_shifts;       ///< Reals after a MulShift.
  std::int64_t codes;            ///< Requantised activations.
  std::int64_t chained = 0;      ///< Of these, differing when computed from the image.
  bool has_differences = false;  ///< differences/<name>.yaml explains some reals.
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.name; }

const Network kNetworks[] = {
    {"resnet20_w8a8", 172042, 188426, 184384, 1821, true},
    {"resnet20_w4a4", 172042, 188426, 184384, 0, true},
    {"resnet_basic_w8a8", 32874, 32874, 25392, 0, true},
    {"resnet_bottleneck_w8a8", 128586, 128586, 110608, 0, true},
    {"vgg_bn_w8a4", 24634, 24634, 6832},
    {"vgg_bn_nm24_w8a8", 24634, 24634, 6832},
    {"vgg_bn_reclamp_w8a8", 24634, 24634, 6832},
    {"vgg_bn_bias_w8a8", 58, 29754, 9456, 0, true},
    {"mobilenetv1_w8a8", 103498, 103498, 98128},
};

/// Counts over the ops for which `is_counted(name, kind)`.
Counts count_ops(const nlohmann::json& check,
                 const std::function<bool(const std::string&, const std::string&)>& is_counted) {
  nlohmann::json ops = nlohmann::json::array();
  for (const auto& op : check.at("ops"))
    if (is_counted(op.at("name"), op.at("op"))) ops.push_back(op);
  return count({{"ops", ops}});
}

/// A convolution's bias is one more MulShift of ours; Torch2Chip adds it within the convolution.
bool is_bias(const std::string& name) { return name.ends_with(".ops.bias"); }

fs::path test_folder() { return fs::path(SYSTOLE_SOURCE_ROOT) / "tests"; }

/// The tiny exports that tests/fixtures/torch2chip/make_fixtures.py computed; the second entry of
/// `rgb` has a residual stream of reals.
TEST(Torch2ChipFixtures, GiveEveryElementThatWasRecorded) {
  const TempDirectory temp;
  for (const std::string name : {"tiny", "rgb"})
    for (const std::string entry : {"image", "integer"}) {
      SCOPED_TRACE(name + ", entry " + entry);
      const fs::path folder = test_folder() / "fixtures/torch2chip" / name;
      const Source source = {{"torch2chip", folder.string(), "--topology",
                              (folder / "topology.yaml").string(), "--entry", entry}};
      ASSERT_EQ(import_bundle(source, temp / (name + entry)), "");
      const nlohmann::json checked = check_goldens(source, temp / (name + entry),
                                                   {folder / "tensors", folder / "recorded.npz"});
      EXPECT_EQ(checked["exit"], 0);
      EXPECT_GT(count(checked).compared, 600);
      EXPECT_EQ(count(checked).recorded, 0);
      EXPECT_EQ(count(checked).chained, 0);
    }
}

TEST(Torch2ChipFixtures, AreRefusedWithATopologyThatDoesNotFit) {
  const TempDirectory temp;
  const fs::path fixtures = test_folder() / "fixtures/torch2chip";
  const Source source = {{"torch2chip", (fixtures / "tiny").string(), "--topology",
                          (fixtures / "rgb/topology.yaml").string()}};
  const std::string message = import_bundle(source, temp / "bundle");
  EXPECT_THAT(message, testing::HasSubstr("rgb/topology.yaml:7: conv1.conv.ops: got an input"));
  EXPECT_FALSE(fs::exists(temp / "bundle"));
}

class Torch2ChipNetwork : public testing::TestWithParam<Network> {
 protected:
  nlohmann::json check(const fs::path& data, const std::string& entry,
                       const fs::path& differences) {
    const fs::path folder = data / "torch2chip" / GetParam().name;
    const fs::path tests = test_folder() / "flows/import";
    const Source source = {{"torch2chip", folder.string(), "--topology",
                            (tests / "topologies" / (GetParam().name + ".yaml")).string(),
                            "--entry", entry}};
    EXPECT_EQ(import_bundle(source, temp_ / entry), "");
    const fs::path expected = differences.empty() ? "" : tests / "differences" / differences;
    return check_goldens(source, temp_ / entry,
                         {folder / "tensors", folder / "input.npy", folder / "tensors_extra.npz"},
                         expected);
  }

  TempDirectory temp_;
};

TEST_P(Torch2ChipNetwork, EqualsWhatTorch2ChipComputedFromItsOwnTensors) {
  SYSTOLE_REQUIRE_DATA(data);
  const Network& network = GetParam();
  const nlohmann::json checked =
      check(data, "image", network.has_differences ? network.name + ".yaml" : "");
  EXPECT_EQ(checked["exit"], 0);

  const Counts products = count(checked, {"int_conv2d", "int_matmul"});
  EXPECT_EQ(products.compared, network.products);
  EXPECT_EQ(products.recorded, 0);

  const Counts mul_shifts = count_ops(checked, [](const auto& name, const auto& kind) {
    return kind == "float_mul_shift" && !is_bias(name);
  });
  EXPECT_EQ(mul_shifts.compared, network.mul_shifts);
  EXPECT_EQ(mul_shifts.recorded, 0);

  const Counts codes = count(checked, {"quantize"});
  EXPECT_EQ(codes.compared, network.codes);
  EXPECT_EQ(codes.recorded, 0);
  EXPECT_EQ(codes.chained, network.chained);
}

TEST_P(Torch2ChipNetwork, GivesEveryCodeFromItsFirstCodes) {
  SYSTOLE_REQUIRE_DATA(data);
  const Network& network = GetParam();
  const bool is_resnet20 = network.name.starts_with("resnet20");
  const std::string differences = network.name + (is_resnet20 ? "_integer.yaml" : ".yaml");
  const nlohmann::json checked = check(data, "integer", network.has_differences ? differences : "");
  EXPECT_EQ(checked["exit"], 0);

  const Counts integers = count(checked, {"int_conv2d", "int_matmul", "quantize"});
  EXPECT_GT(integers.compared, 0);
  EXPECT_EQ(integers.recorded, 0);
  EXPECT_EQ(integers.chained, 0);
}

INSTANTIATE_TEST_SUITE_P(Data, Torch2ChipNetwork, testing::ValuesIn(kNetworks),
                         [](const auto& network) { return network.param.name; });

}  // namespace
}  // namespace systole::test
