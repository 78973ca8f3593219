// bad_bundle_test.cpp: damaged, contradictory and overflowing networks, and how a run refuses them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/cosim/bad_input.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class BadBundle : public testing::Test {
 protected:
  BadBundle() {
    copy_digits(bundle_);
    const std::string bytes = read_text(tensors_);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    header_ = json::parse(bytes.substr(8, length));
    data_ = bytes.substr(8 + length);
  }

  /// A safetensors file of any header text.
  void write_tensors(const std::string& header) {
    const std::uint64_t length = header.size();
    std::string bytes(8, 0);
    std::memcpy(bytes.data(), &length, sizeof length);
    write_text(tensors_, bytes + header + data_);
  }

  void expect_run_refused(const fs::path& file, const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all[0] = file.string() + all[0];
    test::expect_run_refused({"network=" + bundle_.string()}, {}, all);
  }

  /// Refuses a header whose tensor conv1.weight has this field.
  void expect_field_refused(const std::string& field, const json& value,
                            const std::vector<std::string>& words) {
    json header = header_;
    header["conv1.weight"][field] = value;
    write_tensors(header.dump());
    expect_run_refused(tensors_, words);
  }

  /// Refuses network.yaml with its first `find` replaced.
  void expect_yaml_refused(const std::string& find, const std::string& replacement,
                           const std::vector<std::string>& words) {
    std::string text = original_yaml_;
    ASSERT_NE(text.find(find), std::string::npos) << find;
    write_text(yaml_, text.replace(text.find(find), find.size(), replacement));
    expect_run_refused(yaml_, words);
  }

  const TempDirectory directory_;
  const fs::path bundle_ = directory_ / "bundle";
  const fs::path tensors_ = bundle_ / "tensors.safetensors";
  const fs::path yaml_ = bundle_ / "network.yaml";
  const std::string original_yaml_ = read_text(SYSTOLE_SOURCE_DIR "/golden/digits/network.yaml");
  json header_;
  std::string data_;
};

TEST_F(BadBundle, LacksItsTensors) {
  fs::remove(tensors_);
  expect_run_refused(tensors_, {": got No such file or directory"});
}

TEST_F(BadBundle, IsTruncated) {
  const std::string bytes = read_text(tensors_);
  const auto cut = [&](std::size_t size, const std::string& word) {
    write_text(tensors_, bytes.substr(0, size));
    expect_run_refused(tensors_, {": ", word});
  };
  cut(0, "got 0 bytes, expected a safetensors file of at least 8 bytes");
  cut(7, "got 7 bytes, expected a safetensors file of at least 8 bytes");
  cut(8, "is it truncated?");
  cut(200, "is it truncated?");
  cut(bytes.size() - 1, "is it truncated?");
}

TEST_F(BadBundle, HasACorruptHeaderLength) {
  std::string bytes = read_text(tensors_);
  for (const std::uint64_t length : {std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    std::memcpy(bytes.data(), &length, sizeof length);
    write_text(tensors_, bytes);
    expect_run_refused(tensors_, {": got a header length of " + std::to_string(length)});
  }
}

TEST_F(BadBundle, HasACorruptHeader) {
  std::string header = header_.dump();
  header[0] = '[';
  write_tensors(header);
  expect_run_refused(tensors_, {": got an invalid header", "expected JSON"});
  write_tensors("");
  expect_run_refused(tensors_, {": got an invalid header"});
  write_tensors(std::string(100'000, '['));
  expect_run_refused(tensors_, {": got a deeply nested header"});
}

TEST_F(BadBundle, HasCorruptOffsetsShapesOrTypes) {
  expect_field_refused("data_offsets", {10, 5}, {": conv1.weight: got data_offsets [10, 5]"});
  expect_field_refused("data_offsets", {140544, 1000000000},
                       {": conv1.weight: got data_offsets [140544, 1000000000], expected offsets "
                        "within the file's 174640 data bytes"});
  expect_field_refused("shape", {3, 3, 1, 25}, {": conv1.weight: got 864 bytes, expected 900"});
  expect_field_refused("shape", {3, 3, 1, -24}, {": conv1.weight: got extent -24"});
  expect_field_refused("shape", {1ULL << 40, 1ULL << 40}, {": conv1.weight: got 864 bytes"});
  expect_field_refused("dtype", "F33", {": conv1.weight: got dtype F33, expected one of"});
}

TEST_F(BadBundle, HasIntegersWhereWeightsAreReals) {
  json header = header_;
  header["conv1.weight"]["dtype"] = "I32";
  write_tensors(header.dump());
  expect_run_refused(yaml_, {":24: ops[0].weight: got conv1.weight of dtype I32, expected reals"});
}

TEST_F(BadBundle, HasAWeightThatIsNotFinite) {
  const float nan = std::nanf("");
  const std::size_t offset = header_["conv1.weight"]["data_offsets"][0];
  std::memcpy(data_.data() + offset, &nan, sizeof nan);
  write_tensors(header_.dump());
  expect_run_refused(yaml_, {":24: ops[0].weight: got nan at [0, 0, 0, 0] of conv1.weight"});
}

TEST_F(BadBundle, HasShapesThatDoNotFit) {
  expect_yaml_refused("shape: [8, 8, 1]", "shape: [8, 8, 3]",
                      {":24: conv1 (conv2d): got input [1, 8, 8, 3], expected 1 channels"});
  expect_yaml_refused("weight: block1.conv1.weight", "weight: block2.conv1.weight",
                      {":28: block1.conv1.bn (batch_norm): got input [1, 8, 8, 40], expected 24"});
  expect_yaml_refused("stride: [2, 2]", "stride: [1, 2]", {":41: block2.add (add): got operands"});
  expect_yaml_refused("weight: conv1.weight,", "weight: conv1.weight, groups: 7,",
                      {":24: ops[0].groups: got 7, expected a divisor of"});
  expect_yaml_refused("padding: [1, 1, 1, 1]", "padding: [65535, 65535, 65535, 65535]",
                      {":24: conv1 (conv2d): got output [1, 131076, 131076, 24]"});
  expect_yaml_refused("labels: test.labels", "labels: calibration.image",
                      {":21: samples.test.labels: got [128, 8, 8, 1], expected [360]"});
}

TEST_F(BadBundle, HasNamesOrFieldsThatAreWrong) {
  expect_yaml_refused("kind: float", "kind: flaot", {":8: kind: got flaot", "float?"});
  expect_yaml_refused("version: 1", "version: 2", {":7: version: got 2"});
  expect_yaml_refused("op: relu", "op: rleu", {":26: ops[2].op: got rleu", "did you mean relu?"});
  expect_yaml_refused("inputs: [conv1.bn]", "inputs: [conv9.bn]",
                      {":26: ops[2].inputs[0]: got conv9.bn", "did you mean conv1.bn?"});
  expect_yaml_refused("inputs: [image]", "inputs: [logits]",
                      {":24: ops[0].inputs[0]: got logits, expected an input or an earlier op"});
  expect_yaml_refused("name: conv1.bn", "name: conv1", {":25: ops[1].name: got conv1, expected"});
  expect_yaml_refused("outputs: [logits]", "outputs: [logit]", {":19: outputs[0]: got logit"});
  expect_yaml_refused("epsilon:", "epsilom:", {":25: ops[1].epsilom: ", "mean epsilon?"});
  expect_yaml_refused("type: uint8", "type: uint99", {":18: inputs[0].type: got uint99"});
  expect_yaml_refused("stride: [1, 1]", "stride: [0, 1]", {":24: ops[0].stride[0]: got 0"});
}

/// An int_matmul of `depth` products of a uint8 and -128, as a bundle.
void write_wide_matmul(const fs::path& bundle, std::int64_t depth) {
  fs::create_directory(bundle);
  const std::string k = std::to_string(depth);
  write_text(bundle / "network.yaml",
             "format: systole-network\nversion: 1\nkind: integer\nname: wide\ninputs:\n"
             "  - {name: x, shape: [" +
                 k +
                 "], type: uint8, scale: 1.0, zero_point: 0}\n"
                 "outputs: [y]\nops:\n  - {name: y, op: int_matmul, inputs: [x], weight: w}\n");
  const std::string header =
      R"({"w":{"dtype":"I8","shape":[)" + k + R"(,1],"data_offsets":[0,)" + k + "]}}";
  std::string bytes(8, 0);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, sizeof length);
  write_text(bundle / "tensors.safetensors",
             bytes + header + std::string(static_cast<std::size_t>(depth), '\x80'));
}

// k products 255 * -128: k = 65793 gives sums down to -2147483520, the last ones within 2^31 - 1.
TEST(Overflow, IsRefusedOneStepBeyondTheLastLegalNeighbour) {
  const TempDirectory directory;
  write_wide_matmul(directory / "legal", 65793);
  write_wide_matmul(directory / "illegal", 65794);
  const auto network = [&](const char* name) { return "network=" + (directory / name).string(); };
  const std::vector<std::string> corners = {"--input", "corners", "--count", "2"};

  const WholeRun legal = run({network("legal")}, corners);
  expect_match(legal, {});
  expect_run_refused({network("illegal")}, corners,
                     {"y (int_matmul): got sums up to 2147516160, expected at most 2147483647"});
  const WholeRun wrapping = run({network("illegal"), "overflow=wrap"}, corners);
  expect_match(wrapping, {});
}

}  // namespace
}  // namespace systole::test
