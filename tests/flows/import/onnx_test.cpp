// onnx_test.cpp: the ONNX fixtures, imported and run, against operators written by other means.
//
// `tests/fixtures/onnx/slow_onnx.py` computed the recorded tensors in ONNX's own terms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kOnnxFixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures/onnx";

/// A fixture, and the elements that its recorded operators make.
struct OnnxFixture {
  std::string name;
  std::int64_t elements;
};
const OnnxFixture kOnnxFixtureNetworks[] = {
    {"images", 3028}, {"tokens", 1386}, {"elementwise", 2280}, {"qlinear", 1332}, {"narrow", 224}};

std::string onnx_file(const std::string& name) {
  return (kOnnxFixtures / (name + ".onnx")).string();
}

std::filesystem::path onnx_recording(const std::string& name, const std::string& kernels) {
  return kOnnxFixtures / (name + "." + kernels + ".safetensors");
}

class OnnxKernels : public testing::TestWithParam<const char*> {};

TEST_P(OnnxKernels, AreReproducedOperatorByOperatorAndChained) {
  const TempDirectory temp;
  for (const OnnxFixture& fixture : kOnnxFixtureNetworks) {
    const Source source = {{"onnx", onnx_file(fixture.name), "--kernels", GetParam()}};
    ASSERT_EQ(import_bundle(source, temp / fixture.name), "");
    const nlohmann::json check =
        check_goldens(source, temp / fixture.name, {onnx_recording(fixture.name, GetParam())});
    const Counts counts = count(check);
    EXPECT_EQ(counts.compared, fixture.elements) << fixture.name;
    EXPECT_EQ(counts.recorded, 0) << fixture.name;
    EXPECT_EQ(counts.chained, 0) << fixture.name;
    EXPECT_EQ(check["exit"], 0) << fixture.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, OnnxKernels, testing::Values("qdq", "integer"),
                         [](const auto& kernels) { return kernels.param; });

TEST(OnnxImport, IsNotFaithfulToOtherKernels) {
  const TempDirectory temp;
  const Source source = {{"onnx", onnx_file("tokens")}};
  ASSERT_EQ(import_bundle(source, temp / "net"), "");
  const nlohmann::json check =
      check_goldens(source, temp / "net", {onnx_recording("tokens", "integer")});
  EXPECT_EQ(check["exit"], 1);
  EXPECT_GT(count(check, {"softmax"}).recorded, 0);
}

TEST(OnnxImport, ExitsWithTwoOnATruncatedFileAndWritesNothing) {
  const TempDirectory temp;
  const std::string whole = read_text(onnx_file("narrow"));
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{9}, whole.size() / 2}) {
    const std::string path = temp.write("net.onnx", whole.substr(0, bytes));
    const Finished import = run_systole({"import", "onnx", path, "-o", temp / "out"});
    EXPECT_EQ(import.exit_code, 2) << bytes;
    EXPECT_THAT(import.err, StartsWith("error: " + path)) << bytes;
    EXPECT_THAT(import.err, EndsWith("\n"));
    EXPECT_FALSE(std::filesystem::exists(temp / "out"));
  }
}

TEST(OnnxImport, ExitsWithTwoOnTensorsOfAnotherNetwork) {
  const TempDirectory temp;
  const std::string goldens = onnx_recording("narrow", "qdq").string();
  const Finished import = run_systole(
      {"import", "onnx", onnx_file("elementwise"), "--goldens", goldens, "-o", temp / "out"});
  EXPECT_EQ(import.exit_code, 2);
  EXPECT_THAT(import.err, HasSubstr(goldens));
  EXPECT_THAT(import.err, HasSubstr("elementwise.onnx"));
}

TEST(OnnxImport, RefusesKernelsThatItDoesNotKnow) {
  const TempDirectory temp;
  const Finished import = run_systole(
      {"import", "onnx", onnx_file("narrow"), "--kernels", "exact", "-o", temp / "out"});
  EXPECT_EQ(import.exit_code, 2);
  EXPECT_THAT(import.err, HasSubstr("--kernels"));
}

TEST(OnnxImport, WritesTheSameBytesEveryTime) {
  const TempDirectory temp;
  const Source source = {{"onnx", onnx_file("images")}};
  for (const char* copy : {"a", "b"}) ASSERT_EQ(import_bundle(source, temp / copy), "");
  for (const char* file : {"network.yaml", "tensors.safetensors"})
    EXPECT_EQ(read_text(temp / "a" / file), read_text(temp / "b" / file));
}

}  // namespace
}  // namespace systole::test
