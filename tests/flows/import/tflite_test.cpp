// tflite_test.cpp: the TFLite fixtures, imported and run, against kernels written by other means.
//
// `tests/fixtures/tflite/slow_kernels.py` computed the recorded tensors one element at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kFixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures/tflite";

/// A fixture, and the elements that all its operators make.
struct Fixture {
  std::string name;
  std::int64_t elements;
};
const Fixture kNetworks[] = {
    {"int8_layers", 440}, {"uint8_layers", 449}, {"int8_elementwise", 2648}};

std::string network(const std::string& name) { return (kFixtures / (name + ".tflite")).string(); }

std::filesystem::path recording(const std::string& name, const std::string& kernels) {
  return kFixtures / (name + "." + kernels + ".safetensors");
}

class TfliteKernels : public testing::TestWithParam<const char*> {};

TEST_P(TfliteKernels, AreReproducedOperatorByOperatorAndChained) {
  const TempDirectory temp;
  for (const Fixture& fixture : kNetworks) {
    const Source source = {{"tflite", network(fixture.name), "--kernels", GetParam()}};
    ASSERT_EQ(import_bundle(source, temp / fixture.name), "");
    const nlohmann::json check =
        check_goldens(source, temp / fixture.name, {recording(fixture.name, GetParam())});
    const Counts counts = count(check);
    EXPECT_EQ(counts.compared, fixture.elements) << fixture.name;
    EXPECT_EQ(counts.recorded, 0) << fixture.name;
    EXPECT_EQ(counts.chained, 0) << fixture.name;
    EXPECT_EQ(check["exit"], 0) << fixture.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TfliteKernels,
                         testing::Values("reference", "optimised", "xnnpack"),
                         [](const auto& kernels) { return kernels.param; });

TEST(TfliteImport, IsNotFaithfulToOtherKernels) {
  const TempDirectory temp;
  const Source source = {{"tflite", network("int8_layers")}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  for (const char* kernels : {"optimised", "xnnpack"}) {
    const nlohmann::json check =
        check_goldens(source, temp / "net", {recording("int8_layers", kernels)});
    EXPECT_EQ(check["exit"], 1) << kernels;
    EXPECT_GT(count(check).recorded, 0) << kernels;
  }
}

TEST(TfliteImport, StacksTheRecordingsOfSeveralInputs) {
  const TempDirectory temp;
  const Source source = {{"tflite", network("int8_layers")}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const auto file = recording("int8_layers", "reference");
  const nlohmann::json check = check_goldens(source, temp / "net", {file, file, file});
  EXPECT_EQ(count(check).compared, 3 * 440);
  EXPECT_EQ(check["exit"], 0);
}

TEST(TfliteImport, ExitsWithTwoOnATruncatedFileAndWritesNothing) {
  const TempDirectory temp;
  const std::string whole = read_text(network("int8_layers"));
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{9}, whole.size() / 2}) {
    const std::string path = temp.write("net.tflite", whole.substr(0, bytes));
    const Finished import = run_systole({"import", "tflite", path, "-o", temp / "out"});
    EXPECT_EQ(import.exit_code, 2) << bytes;
    EXPECT_THAT(import.err, StartsWith("error: " + path)) << bytes;
    EXPECT_THAT(import.err, EndsWith("\n"));
    EXPECT_FALSE(std::filesystem::exists(temp / "out"));
  }
}

TEST(TfliteImport, ExitsWithTwoOnTensorsOfAnotherNetwork) {
  const TempDirectory temp;
  const std::string goldens = recording("uint8_layers", "reference").string();
  const Finished import = run_systole(
      {"import", "tflite", network("int8_layers"), "--goldens", goldens, "-o", temp / "out"});
  EXPECT_EQ(import.exit_code, 2);
  EXPECT_THAT(import.err, HasSubstr(goldens));
  EXPECT_THAT(import.err, HasSubstr("int8_layers.tflite"));
}

TEST(TfliteImport, WritesTheSameBytesEveryTime) {
  const TempDirectory temp;
  const Source source = {{"tflite", network("uint8_layers")}};
  for (const char* copy : {"a", "b"}) ASSERT_EQ(import_bundle(source, temp / copy), "");
  for (const char* file : {"network.yaml", "tensors.safetensors"})
    EXPECT_EQ(read_text(temp / "a" / file), read_text(temp / "b" / file));
}

}  // namespace
}  // namespace systole::test
