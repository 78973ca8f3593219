// aimet_proof_test.cpp: every variant of the data folder's AIMET encodings against what AIMET's
// simulator computed.
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// A variant with the newest file of its encodings, and how many of the recorded integers differ
/// from what our ops make of the simulator's own operands.
struct Variant {
  std::string name;
  std::int64_t elements;    ///< Of all quantised values of the recorded images, inputs' among them.
  std::int64_t real_bias;   ///< The simulator's float32 arithmetic, and a weight's tie or two.
  std::int64_t int32_bias;  ///< And what the rounding of the biases adds.
};

void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name; }

const Variant kVariants[] = {
    {"w8a8_minmax", 832734, 1, 113},     {"w8a8_sqnr", 555156, 8, 93},
    {"w8a8_percentile", 555156, 4, 92},  {"w4a8_minmax", 555156, 1, 1715},
    {"w8a16_minmax", 277578, 231, 237},  {"w4a16_lpbq16", 277578, 219, 232},
    {"w4a16_block16", 277578, 214, 700},
};

fs::path differences(const std::string& variant) {
  return fs::path(SYSTOLE_SOURCE_ROOT) / "tests/flows/import/differences" /
         ("aimet_" + variant + ".yaml");
}

/// What check-import says of a variant; `expected`: a file of differences, or none.
nlohmann::json check(const fs::path& data, const std::string& variant, const std::string& version,
                     const std::string& bias, const fs::path& expected = {}) {
  const TempDirectory temp;
  const std::string base = (data / "aimet" / variant).string();
  const Source source = {{"aimet", (data / "onnx_qdq/resnet20.float.onnx").string(),
                          base + ".encodings_" + version + ".json", "--bias", bias}};
  EXPECT_EQ(import_bundle(source, temp / "net"), "");
  return check_goldens(source, temp / "net",
                       {base + ".activations.safetensors", base + ".io.safetensors"}, expected);
}

class AimetVariant : public testing::TestWithParam<Variant> {};

TEST_P(AimetVariant, EqualsTheSimulatorButForExplainedElements) {
  SYSTOLE_REQUIRE_DATA(data);
  const Variant& variant = GetParam();
  const nlohmann::json checked =
      check(data, variant.name, "2.0.0", "float", differences(variant.name));
  EXPECT_EQ(checked["exit"], 0);
  EXPECT_EQ(count(checked).compared, variant.elements);
  EXPECT_EQ(count(checked).recorded, variant.real_bias);
  EXPECT_EQ(count(checked, {"quantize"}).recorded, 0);
  const Counts sums = count(checked, {"requantise_add"});
  EXPECT_GT(sums.compared, 0);
  const bool has_8_bits = variant.name.find("a16") == std::string::npos;
  EXPECT_EQ(sums.recorded == 0, has_8_bits);
}

TEST_P(AimetVariant, DiffersInMoreElementsWhereBiasesAreRounded) {
  SYSTOLE_REQUIRE_DATA(data);
  const nlohmann::json checked = check(data, GetParam().name, "1.0.0", "int32");
  EXPECT_EQ(count(checked).compared, GetParam().elements);
  EXPECT_EQ(count(checked).recorded, GetParam().int32_bias);
}

TEST(AimetSignedVariant, DiffersInTheSameElementsAsTheUnsignedOne) {
  SYSTOLE_REQUIRE_DATA(data);
  const nlohmann::json checked =
      check(data, "w8a8_minmax", "2.0.0_signed", "float", differences("w8a8_minmax"));
  EXPECT_EQ(checked["exit"], 0);
  EXPECT_EQ(count(checked).compared, 832734);
}

INSTANTIATE_TEST_SUITE_P(Data, AimetVariant, testing::ValuesIn(kVariants),
                         [](const auto& variant) { return variant.param.name; });

}  // namespace
}  // namespace systole::test
