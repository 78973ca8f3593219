// lower_data_test.cpp: the networks of the data folder, imported, lowered, run on the design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

#include "tests/cosim/whole_run.h"
#include "tests/flows/import/proof.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using Files = std::map<std::string, std::string>;

struct Network {
  std::string name, format, source, encodings, samples;
  Files inputs;        ///< Files of samples, of a network with several.
  double lowered = 1;  ///< The share of the MACs that lowering brings to the hardware.
  bool has_float_image = false;

  double least() const { return has_float_image ? 0.989 : lowered; }
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.name; }

/// The list that `flows/networks/run` runs.
std::vector<Network> networks() {
  std::vector<Network> list;
  const YAML::Node file = YAML::LoadFile(SYSTOLE_SOURCE_DIR "/flows/networks/networks.yaml");
  for (const YAML::Node& node : file["networks"])
    list.push_back({node["name"].as<std::string>(), node["format"].as<std::string>(),
                    node["source"].as<std::string>(""), node["encodings"].as<std::string>(""),
                    node["samples"].as<std::string>(""), node["inputs"].as<Files>(Files{}),
                    node["lowered"].as<double>(1),
                    node["settings"] && node["settings"]["lower.images"]});
  return list;
}

/// `systole import` of the network with the folder's inputs as samples.
Source source_of(const Network& network, const fs::path& data) {
  if (network.format != "torch2chip") {
    Source source{{network.format, (data / network.source).string()}};
    if (!network.encodings.empty()) source.words.push_back((data / network.encodings).string());
    source.words.insert(source.words.end(), {"--samples", (data / network.samples).string()});
    return source;
  }
  const fs::path folder = data / "torch2chip" / network.name;
  Source source{{"torch2chip", folder.string(), "--topology",
                 SYSTOLE_SOURCE_DIR "/tests/flows/import/topologies/" + network.name + ".yaml"}};
  for (const auto& [name, file] : network.inputs)
    source.words.insert(source.words.end(), {"--samples", name + "=" + (folder / file).string()});
  if (network.inputs.empty())
    source.words.insert(source.words.end(), {"--samples", (folder / "input.npy").string()});
  return source;
}

class LoweredNetwork : public testing::TestWithParam<Network> {};

TEST_P(LoweredNetwork, StaysWithinOneOfTheFaithfulOneAndGivesItsAnswers) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  ASSERT_EQ(import_bundle(source_of(GetParam(), data), temp / "faithful"), "");
  const Finished finished = run_systole({"lower", temp.path("faithful"), "-o", temp.path("lowered"),
                                         "--count", "64", "--json", temp.path("report.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json report = json::parse(read_text(temp / "report.json"));
  // A float image's convolution, 1.08 % of the MACs, stays with the host unless asked for.
  EXPECT_GE(report["macs_lowered"].get<double>(),
            GetParam().least() * report["macs"].get<double>());
  EXPECT_GT(report["compared"], 0);
  for (const json& op : report["ops"]) {
    EXPECT_GT(op["compared"], 0) << op;
    EXPECT_LE(op["largest"], 1) << op;
  }
  for (const json& output : report["outputs"]) {
    EXPECT_GT(output["samples"], 0);
    EXPECT_EQ(output["top1_equal"], output["samples"]) << output;
  }
}

INSTANTIATE_TEST_SUITE_P(Data, LoweredNetwork, testing::ValuesIn(networks()),
                         [](const auto& network) { return network.param.name; });

Finished run_networks(std::vector<std::string> arguments) {
  std::vector<std::string> command = systole_command({});  // env SYSTOLE_CACHE=... systole
  const std::string program = command.back();
  command.pop_back();
  command.insert(command.end(),
                 {SYSTOLE_SOURCE_DIR "/build/python/bin/python",
                  SYSTOLE_SOURCE_DIR "/flows/networks/networks.py", "--systole", program});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command);
}

TEST(EveryNetwork, ThatDoesNotExistIsRefused) {
  const TempDirectory temp;
  const Finished finished = run_networks({"--match", "alexnet", "--out", temp.path("runs")});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, testing::HasSubstr("--match: got 'alexnet'"));
  EXPECT_EQ(run_networks({"--list", temp.path("none.yaml")}).exit_code, 2);
  EXPECT_EQ(run_networks({"--data", temp.path("none")}).exit_code, 2);
}

/// The committed file of a TFLite network of our own.
TEST(EveryNetwork, OfAListOfOnesOwnRuns) {
  const TempDirectory temp;
  write_text(temp / "list.yaml",
             "networks:\n  - {name: mine, format: tflite, source: int8_layers.tflite,\n"
             "     settings: {inputs.source: random}}\n");
  const Finished finished = run_networks(
      {"--list", temp.path("list.yaml"), "--data", SYSTOLE_SOURCE_DIR "/tests/fixtures/tflite",
       "--size", "16", "--out", temp.path("runs"), "--json", temp.path("rows.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  const json rows = json::parse(read_text(temp / "rows.json"));
  EXPECT_GT(rows[0]["macs_on_rtl"], 0);
  EXPECT_EQ(rows[0]["verdict"], "match");
}

TEST(EveryNetwork, RunsWholeAndMatchesInEveryElement) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  const Finished finished =
      run_networks({"--out", temp.path("runs"), "--json", temp.path("rows.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  const json rows = json::parse(read_text(temp / "rows.json"));
  const std::vector<Network> list = networks();
  EXPECT_EQ(rows.size(), list.size());
  for (const json& row : rows) {
    EXPECT_EQ(row["verdict"], "match") << row;
    EXPECT_GT(row["compared"], 0) << row;
    EXPECT_EQ(row["mismatched"], 0) << row;
    EXPECT_GT(row["macs"], 0) << row;
    const auto network = std::find_if(
        list.begin(), list.end(), [&](const Network& each) { return each.name == row["network"]; });
    EXPECT_GE(row["macs_on_rtl"].get<double>(), network->lowered * row["macs"].get<double>())
        << row;
  }
}

}  // namespace
}  // namespace systole::test
