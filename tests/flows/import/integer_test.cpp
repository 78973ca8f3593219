// integer_test.cpp: the integer ONNX fixtures, imported and run, against operators written by other
// means.
//
// `tests/fixtures/integer_onnx/slow_operators.py` computed the recorded tensors one element at a
// time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kIntegerFixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures/integer_onnx";

/// A fixture, and the elements that its operators make.
struct IntegerFixture {
  const char* name;
  std::int64_t elements;
};
const IntegerFixture kIntegerNetworks[] = {
    {"attention", 984},  {"convolution", 272}, {"gelu", 256},
    {"layer_norm", 120}, {"linear", 36},       {"mean", 88},
    {"pooling", 164},    {"residual", 168},    {"softmax", 90}};

Source integer_source(const std::string& name) {
  return {{"onnx", (kIntegerFixtures / (name + ".onnx")).string()}};
}

class IntegerOnnx : public testing::TestWithParam<IntegerFixture> {};

TEST_P(IntegerOnnx, IsReproducedOperatorByOperatorAndChained) {
  const TempDirectory temp;
  const std::string name = GetParam().name;
  ASSERT_EQ(import_bundle(integer_source(name), temp / "net"), "");
  const nlohmann::json check =
      check_goldens(integer_source(name), temp / "net", {kIntegerFixtures / (name + ".npz")});
  const Counts counts = count(check);
  EXPECT_EQ(counts.compared, GetParam().elements);
  EXPECT_EQ(counts.recorded, 0);
  EXPECT_EQ(counts.chained, 0);
  EXPECT_EQ(check["exit"], 0);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, IntegerOnnx, testing::ValuesIn(kIntegerNetworks),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(IntegerOnnxImport, ExitsWithTwoOnATruncatedFileAndWritesNothing) {
  const TempDirectory temp;
  const std::string whole = read_text((kIntegerFixtures / "softmax.onnx").string());
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{9}, whole.size() / 2}) {
    const std::string path = temp.write("net.onnx", whole.substr(0, bytes));
    const Finished finished = run_systole({"import", "onnx", path, "-o", temp.path("net")});
    EXPECT_EQ(finished.exit_code, 2) << bytes;
    EXPECT_THAT(finished.err, HasSubstr(path)) << bytes;
    EXPECT_FALSE(fs::exists(temp.path("net"))) << bytes;
  }
}

TEST(IntegerOnnxImport, TakesTheTypeOfTheInputFromTheUser) {
  const TempDirectory temp;
  Source unsigned_source = integer_source("linear");
  unsigned_source.words.insert(unsigned_source.words.end(), {"--input-type", "uint8"});
  ASSERT_EQ(import_bundle(unsigned_source, temp / "net"), "");
  EXPECT_THAT(read_text((temp / "net" / "network.yaml").string()),
              HasSubstr("name: input, shape: [6], type: uint8"));
}

}  // namespace
}  // namespace systole::test
