// torch2chip_data_test.cpp: imported exports of Torch2Chip, exported again: the same tensors.
#include <gtest/gtest.h>

#include <variant>

#include "flows/export/torch2chip.h"
#include "model/network/bundle.h"
#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// Imports, runs and exports a network of Torch2Chip's, and returns what the comparison with its
/// tensors prints; `without` is an op that it did not compute in integers, or "".
std::string compared(const fs::path& theirs, const fs::path& topology, const std::string& without) {
  const TempDirectory temp;
  const Source source = {{"torch2chip", theirs.string(), "--topology", topology.string(),
                          "--samples", (theirs / "input.npy").string()}};
  const std::string message = import_bundle(source, temp / "bundle");
  if (!message.empty()) return message;
  const Bundle bundle = load_bundle(temp.path("bundle"));
  const auto& network = std::get<IntNetwork>(bundle.network);
  write_torch2chip(temp.path("out"), network,
                   record_trace(network, bundle.hash, bundle.samples.at("test").inputs));

  std::vector<std::string> command = {SYSTOLE_SOURCE_DIR "/build/python/bin/python",
                                      SYSTOLE_SOURCE_DIR
                                      "/tests/flows/export/compare_torch2chip.py",
                                      temp.path("out/tensors"), (theirs / "tensors").string()};
  if (!without.empty()) command.push_back(without);
  const Finished finished = run_process(command);
  return finished.out + finished.err;
}

// `neck` has a bias, which Torch2Chip adds to its sums; rgb's first convolution is one of reals.
TEST(Torch2ChipAgain, GivesTheTensorsOfTheFixtures) {
  const fs::path fixtures = SYSTOLE_SOURCE_DIR "/tests/fixtures/torch2chip";
  EXPECT_EQ(compared(fixtures / "tiny", fixtures / "tiny/topology.yaml", ""),
            "neck.conv.ops_y differs in 144 of 144\n5 ops, 2362 of 2506 elements equal\n");
  EXPECT_EQ(compared(fixtures / "rgb", fixtures / "rgb/topology.yaml", "conv1.conv.ops"),
            "3 ops, 803 of 803 elements equal\n");
}

/// A network of the data folder.
struct Case {
  std::string name;
  std::string without;
  std::string equal;
};

// Two by two pixels behind a flatten; depthwise; a residual CNN.
TEST(Torch2ChipAgain, GivesTheTensorsThatTorch2ChipWrote) {
  SYSTOLE_REQUIRE_DATA(data);
  const Case kCases[] = {
      {"vgg_bn_nm24_w8a8", "", "5 ops, 48602 of 48602 elements equal\n"},
      {"mobilenetv1_w8a8", "", "10 ops, 219482 of 219482 elements equal\n"},
      {"resnet20_w4a4", "conv1.conv.ops", "19 ops, 624330 of 624330 elements equal\n"}};
  for (const Case& network : kCases) {
    const fs::path topology =
        fs::path(SYSTOLE_SOURCE_DIR "/tests/flows/import/topologies") / (network.name + ".yaml");
    EXPECT_EQ(compared(data / "torch2chip" / network.name, topology, network.without),
              network.equal);
  }
}

}  // namespace
}  // namespace systole::test
