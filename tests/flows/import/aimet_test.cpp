// aimet_test.cpp: the AIMET fixtures, imported and run, against a simulator of exact fractions.
//
// `tests/fixtures/aimet/exact_simulator.py` computed the recorded integers one element at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kFixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures/aimet";
constexpr std::int64_t kRecorded = 2 * (50 + 200 + 200 + 200 + 108 + 108 + 12 + 5);

/// A file of encodings, and the recordings of its scales: `<variant>.<bias>.safetensors`.
struct Fixture {
  std::string variant, version;
};

void PrintTo(const Fixture& fixture, std::ostream* out) {
  *out << fixture.variant << " " << fixture.version;
}

const Fixture kFiles[] = {{"channels", "0.6.1"}, {"channels", "1.0.0"},
                          {"channels", "2.0.0"}, {"channels", "2.0.0_signed"},
                          {"blocks", "1.0.0"},   {"blocks", "2.0.0"},
                          {"lpbq", "1.0.0"},     {"lpbq", "2.0.0"}};

std::string model() { return (kFixtures / "net.onnx").string(); }

std::string encodings(const Fixture& fixture) {
  return (kFixtures / (fixture.variant + "." + fixture.version + ".json")).string();
}

class AimetFixture : public testing::TestWithParam<std::tuple<Fixture, const char*>> {};

TEST_P(AimetFixture, GivesEveryIntegerOfTheSimulatorRecordedAndChained) {
  const TempDirectory temp;
  const auto& [fixture, bias] = GetParam();
  const Source source = {{"aimet", model(), encodings(fixture), "--bias", bias}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json check =
      check_goldens(source, temp / "net",
                    {kFixtures / (fixture.variant + "." + bias + ".safetensors"),
                     kFixtures / "image.safetensors"});
  const Counts counts = count(check);
  EXPECT_EQ(counts.compared, kRecorded);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
  EXPECT_EQ(check["exit"], 0);
}

INSTANTIATE_TEST_SUITE_P(All, AimetFixture,
                         testing::Combine(testing::ValuesIn(kFiles),
                                          testing::Values("float", "int32")));

TEST(AimetImport, IsNotFaithfulWithAnotherBias) {
  const TempDirectory temp;
  const Source source = {{"aimet", model(), encodings({"channels", "1.0.0"})}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json check =
      check_goldens(source, temp / "net",
                    {kFixtures / "channels.int32.safetensors", kFixtures / "image.safetensors"});
  EXPECT_EQ(check["exit"], 1);
  EXPECT_GT(count(check).recorded, 0);
}

TEST(AimetImport, NamesTheTensorThatHasNoEncodingAndWritesNothing) {
  const TempDirectory temp;
  const std::string path = temp.write(
      "e.json", R"({"version": "1.0.0", "activation_encodings": [], "param_encodings": []})");
  const Finished import = run_systole({"import", "aimet", model(), path, "-o", temp / "out"});
  EXPECT_EQ(import.exit_code, 2);
  EXPECT_EQ(import.err, "error: " + path +
                            ": conv1.weight: got no encoding, expected one: node 0 conv1 (Conv) of "
                            "net.onnx takes it\n");
  EXPECT_FALSE(std::filesystem::exists(temp / "out"));
}

TEST(AimetImport, ExitsWithTwoOnATruncatedFile) {
  const TempDirectory temp;
  const std::string whole = read_text(encodings({"lpbq", "1.0.0"}));
  for (const std::size_t bytes : {std::size_t{0}, whole.size() / 2}) {
    const std::string path = temp.write("e.json", whole.substr(0, bytes));
    const Finished import = run_systole({"import", "aimet", model(), path, "-o", temp / "out"});
    EXPECT_EQ(import.exit_code, 2) << bytes;
    EXPECT_THAT(import.err, StartsWith("error: " + path + ": is not JSON")) << bytes;
    EXPECT_THAT(import.err, EndsWith("\n"));
  }
}

TEST(AimetImport, NeedsBothFiles) {
  const Finished import = run_systole({"import", "aimet", model(), "-o", "out"});
  EXPECT_EQ(import.exit_code, 2);
  EXPECT_THAT(import.err, HasSubstr("encodings"));
}

}  // namespace
}  // namespace systole::test
