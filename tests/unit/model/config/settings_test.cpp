// settings_test.cpp: validated run configurations.
#include "model/config/settings.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

KeyTable table() {
  return {{.key = "network", .type = KeyType::kPath, .required = true, .help = "the bundle"},
          {.key = "dut.dir", .type = KeyType::kPath, .default_value = "rtl"},
          {.key = "dut.parameters.Rows",
           .type = KeyType::kInteger,
           .default_value = "16",
           .lo = 1,
           .hi = 256},
          {.key = "dut.parameters.*", .type = KeyType::kInteger},
          {.key = "rate", .type = KeyType::kReal, .default_value = "0.5", .lo = 0, .hi = 1},
          {.key = "quiet", .type = KeyType::kBoolean, .default_value = "false"},
          {.key = "title", .type = KeyType::kString},
          {.key = "limit", .type = KeyType::kInteger},
          {.key = "mode",
           .type = KeyType::kChoice,
           .default_value = "fast",
           .choices = {"fast", "exact"}}};
}

class SettingsTest : public testing::Test {
 protected:
  Settings load(const std::string& yaml, const Texts& overrides = {}) const {
    return Settings::load(folder_.write("run.yaml", yaml), table(), overrides);
  }
  std::string complaint(const std::string& yaml, const Texts& overrides = {}) const {
    return message_of(folder_, [&] { load(yaml, overrides); });
  }

  TemporaryFolder folder_;
};

TEST_F(SettingsTest, ReadsEveryType) {
  const Settings settings = load(
      "network: net\ndut: {parameters: {Rows: 4, Depth: -7}}\nrate: 0.25\nquiet: true\n"
      "title: a b\nmode: exact\n");
  EXPECT_EQ(settings.integer("dut.parameters.Rows"), 4);
  EXPECT_EQ(settings.integer("dut.parameters.Depth"), -7);
  EXPECT_EQ(settings.real("rate"), 0.25);
  EXPECT_TRUE(settings.boolean("quiet"));
  EXPECT_EQ(settings.text("title"), "a b");
  EXPECT_EQ(settings.choice("mode"), "exact");
  EXPECT_EQ(settings.choice_index("mode"), 1U);
  EXPECT_EQ(settings.location("rate").line, 3);
}

TEST_F(SettingsTest, FillsInDefaults) {
  const Settings settings = load("network: net\n");
  EXPECT_EQ(settings.integer("dut.parameters.Rows"), 16);
  EXPECT_EQ(settings.real("rate"), 0.5);
  EXPECT_FALSE(settings.boolean("quiet"));
  EXPECT_EQ(settings.text("title"), "");
  EXPECT_EQ(settings.choice("mode"), "fast");
  EXPECT_FALSE(settings.is_set("mode"));
  EXPECT_FALSE(settings.is_set("limit"));
  EXPECT_TRUE(settings.is_set("network"));
}

TEST_F(SettingsTest, OverridesWinOverTheFileAndTheLastOverEarlierOnes) {
  const Settings settings =
      load("network: net\nrate: 0.25\n", {"rate=0.75", "rate=1", "dut.parameters.Cols=8"});
  EXPECT_EQ(settings.real("rate"), 1.0);
  EXPECT_EQ(settings.integer("dut.parameters.Cols"), 8);
  EXPECT_TRUE(settings.is_set("rate"));
  EXPECT_EQ(settings.location("rate").file, "--set rate=1");
}

TEST_F(SettingsTest, OverridesMaySupplyWhatIsRequired) {
  EXPECT_EQ(load("", {"network=elsewhere"}).path("network"), "elsewhere");
}

TEST_F(SettingsTest, PathsOfTheFileCountFromItsFolder) {
  const Settings settings = load("network: ../nets/a\ndut: {dir: /abs/rtl}\n");
  const std::filesystem::path parent = std::filesystem::path(folder_.path()).parent_path();
  EXPECT_EQ(settings.path("network"), parent / "nets/a");
  EXPECT_EQ(settings.path("dut.dir"), "/abs/rtl");
  EXPECT_EQ(load("network: n", {"dut.dir=x/y"}).path("dut.dir"), "x/y");
  EXPECT_EQ(load("network: n").path("dut.dir"), "rtl");
  EXPECT_TRUE(load("network: ''").path("network").empty());
}

TEST_F(SettingsTest, OpenMapsListTheirEntries) {
  const Settings settings = load("network: n\ndut: {parameters: {Depth: 2}}\n");
  EXPECT_EQ(settings.entries("dut.parameters"),
            (std::map<std::string, std::int64_t>{{"Rows", 16}, {"Depth", 2}}));
}

TEST_F(SettingsTest, DumpsEverythingInTableOrder) {
  const Settings settings =
      load("rate: 1\nnetwork: /n\ndut: {parameters: {Zed: 1, Abc: 2}}\nlimit: 3\n");
  EXPECT_EQ(settings.dump(), (Pairs{{"network", "/n"},
                                    {"dut.dir", "rtl"},
                                    {"dut.parameters.Rows", "16"},
                                    {"dut.parameters.Abc", "2"},
                                    {"dut.parameters.Zed", "1"},
                                    {"rate", "1"},
                                    {"quiet", "false"},
                                    {"title", ""},
                                    {"limit", "3"},
                                    {"mode", "fast"}}));
}

TEST_F(SettingsTest, RangesHaveALastLegalValue) {
  EXPECT_EQ(load("network: n\ndut: {parameters: {Rows: 1}}").integer("dut.parameters.Rows"), 1);
  EXPECT_EQ(load("network: n\ndut: {parameters: {Rows: 256}}").integer("dut.parameters.Rows"), 256);
  EXPECT_EQ(complaint("network: n\ndut: {parameters: {Rows: 0}}"),
            "run.yaml:2: dut.parameters.Rows: got 0, expected an integer in [1, 256]");
  EXPECT_EQ(complaint("network: n\ndut: {parameters: {Rows: 257}}"),
            "run.yaml:2: dut.parameters.Rows: got 257, expected an integer in [1, 256]");
  EXPECT_EQ(load("network: n\nrate: 0").real("rate"), 0.0);
  EXPECT_EQ(complaint("network: n\nrate: -0.1"),
            "run.yaml:2: rate: got -0.1, expected a number in [0, 1]");
}

TEST_F(SettingsTest, RefusesUnknownKeys) {
  EXPECT_EQ(complaint("network: n\ndut:\n  dri: x\n"),
            "run.yaml:3: dut.dri: got an unknown key, expected a key of a configuration; "
            "did you mean dut.dir?");
  EXPECT_EQ(complaint("zzzzzzzzzzzzzzzz: n\n"),
            "run.yaml:1: zzzzzzzzzzzzzzzz: got an unknown key, expected a key of a "
            "configuration; `systole explain` lists all keys");
}

TEST_F(SettingsTest, RefusesWrongTypes) {
  EXPECT_EQ(complaint("network: n\ndut: rtl\n"),
            "run.yaml:2: dut: got rtl, expected a map; `systole explain dut` lists its keys");
  EXPECT_EQ(complaint("network: n\nquiet: 1\n"),
            "run.yaml:2: quiet: got 1, expected true or false");
  EXPECT_EQ(complaint("network: [n]\n"), "run.yaml:1: network: got a sequence of 1, expected text");
  EXPECT_EQ(complaint("network: n\ndut: {parameters: {Depth: {a: 1}}}\n"),
            "run.yaml:2: dut.parameters.Depth: got a map, expected an integer");
  EXPECT_EQ(complaint("network: n\nmode: slow\n"),
            "run.yaml:2: mode: got slow, expected one of fast, exact");
  EXPECT_EQ(complaint("network:\n"), "run.yaml:1: network: got nothing, expected text");
  EXPECT_EQ(complaint("- network\n"), "run.yaml:1: got a sequence of 1, expected a map");
}

TEST_F(SettingsTest, RefusesMissingAndRepeatedKeys) {
  EXPECT_EQ(complaint("rate: 1\n"),
            "run.yaml: network: got nothing, expected this key; the bundle");
  EXPECT_EQ(complaint("network: n\ndut: {dir: a}\ndut.dir: b\n"),
            "run.yaml:3: dut.dir: got the key a second time, expected it once; "
            "it first appears in line 2");
}

TEST_F(SettingsTest, OverridesAreCheckedLikeTheFile) {
  const std::string yaml = "network: n\n";
  EXPECT_EQ(complaint(yaml, {"rate=2"}), "--set rate=2: rate: got 2, expected a number in [0, 1]");
  EXPECT_EQ(complaint(yaml, {"rat=1"}),
            "--set rat=1: rat: got an unknown key, expected a key of a configuration; "
            "did you mean rate?");
  EXPECT_EQ(complaint(yaml, {"rate"}), "--set rate: got rate, expected key=value");
  EXPECT_EQ(complaint(yaml, {"=1"}), "--set =1: got =1, expected key=value");
  EXPECT_EQ(complaint(yaml, {"dut=1"}),
            "--set dut=1: dut: got a group of keys, expected one key; "
            "`systole explain dut` lists its keys");
  EXPECT_EQ(complaint(yaml, {"limit="}), "--set limit=: limit: got \"\", expected an integer");
}

TEST_F(SettingsTest, TextMayHoldAnything) {
  EXPECT_EQ(load("network: n", {"title=a: [b] = c"}).text("title"), "a: [b] = c");
}

TEST_F(SettingsTest, RulesBetweenKeysPointAtTheValue) {
  const Settings settings = load("network: n\nrate: 0.5\n");
  EXPECT_EQ(message_of(folder_, [&] { throw settings.error("rate", "less", "see mode"); }),
            "run.yaml:2: rate: got 0.5, expected less; see mode");
  EXPECT_EQ(message_of(folder_, [&] { throw settings.error("mode", "exact"); }),
            "run.yaml: mode: got fast, expected exact");
}

}  // namespace
}  // namespace systole
