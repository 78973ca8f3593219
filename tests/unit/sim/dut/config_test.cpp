// config_test.cpp: the keys `dut.*`.
#include "sim/dut/config.h"

#include <gtest/gtest.h>

#include "model/config/settings.h"
#include "tests/unit/sim/dut/fixture.h"

namespace systole {
namespace {

class DutConfigTest : public BuildTest {
 protected:
  void SetUp() override {
    rtl_ = folder_;
    write("hardware/files.f", "");
    write("pins.cpp", "");
  }

  DutConfig parse(const std::string& yaml) {
    write("run.yaml", yaml);
    return parse_dut_config(Settings::load((folder_ / "run.yaml").string(), dut_keys()));
  }
};

using Parameters = std::map<std::string, std::int64_t>;

TEST_F(DutConfigTest, HasOurCoreAsDefault) {
  const DutConfig config = parse("{}");
  EXPECT_EQ(config.dir, source_root() / "rtl");
  EXPECT_EQ(config.filelist, "files.f");
  EXPECT_EQ(config.top, "systole_core");
  EXPECT_EQ(config.optimize, "O2");
  EXPECT_TRUE(config.adapter.empty());
  EXPECT_EQ(config.parameters,
            (Parameters{{"AccDepth", 1024},
                        {"AccTap", 1},
                        {"ActBits", 9},
                        {"Cols", 16},
                        {"Gemmlowp", 0},
                        {"Rows", 16},
                        {"ScaleBits", 32},
                        {"WeightBits", 9}}));
}

TEST_F(DutConfigTest, CountsPathsFromTheFile) {
  const DutConfig config = parse("dut: {dir: hardware, parameters: {Rows: 8, Extra: 5}}");
  EXPECT_EQ(config.dir, folder_ / "hardware");
  EXPECT_EQ(config.parameters.at("Rows"), 8);
  EXPECT_EQ(config.parameters.at("Extra"), 5);
}

TEST_F(DutConfigTest, GivesADesignWithAnAdapterOnlyItsOwnParameters) {
  const DutConfig config = parse("dut: {adapter: pins.cpp, parameters: {Cols: 8, Deep: 2}}");
  EXPECT_EQ(config.parameters, (Parameters{{"Cols", 8}, {"Deep", 2}}));
}

TEST_F(DutConfigTest, RefusesMissingFoldersAndSizesOutOfRange) {
  const auto error_of = [&](const std::string& yaml) {
    return message_of<InputError>([&] { parse(yaml); });
  };
  EXPECT_NE(error_of("dut:\n  dir: nowhere").find("run.yaml:2: dut.dir: got"), std::string::npos);
  EXPECT_NE(error_of("dut: {adapter: none.cpp}").find("dut.adapter"), std::string::npos);
  EXPECT_NE(error_of("dut: {parameters: {Rows: 65}}").find("dut.parameters.Rows"),
            std::string::npos);
  EXPECT_NE(error_of("dut: {parameters: {ScaleBits: 24}}").find("ScaleBits"), std::string::npos);
  EXPECT_NE(error_of("dut: {optimise: O3}").find("dut.optimi"), std::string::npos);
}

}  // namespace
}  // namespace systole
