// reproducer_test.cpp: `systole run` reproduces what a reproducer holds.
#include "flows/cli/reproducer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cosim/plant.h"
#include "tests/support/process.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

/// Two rows and channels of a product with a residual, whose scale has fractional bits of its own.
Reproducer with_residual(const fs::path& rtl) {
  Reproducer reproducer;
  IntNetwork& network = reproducer.network;
  network.name = "with_residual";
  const Quantization int8 = {.type = {.bits = 8}};
  network.inputs = {{"x", {2, 3}, int8}, {"r", {2, 2}, int8}};
  network.outputs = {"quant"};
  network.nodes = {
      {"product", {"x"}, IntMatmul{IntTensor({3, 2}, {1, 2, 3, 4, 5, 6})}, {.type = {.bits = 32}}},
      {"quant",
       {"product", "r"},
       MulQuant{.channels = {{.scale = 3, .shift = 4, .residual_scale = 1, .residual_shift = 3}},
                .clamp = {-128, 127}},
       int8}};
  reproducer.inputs = {{"x", IntTensor({1, 2, 3}, {1, -2, 3, 4, 5, -6})},
                       {"r", IntTensor({1, 2, 2}, {10, -20, 30, 40})}};
  reproducer.dut.dir = rtl;
  reproducer.dut.optimize = "O0";
  reproducer.dut.parameters = {{"Rows", 4}, {"Cols", 4}, {"AccDepth", 1024}, {"AccTap", 1}};
  reproducer.bench.stall_rate = 0.25;
  reproducer.bench.stall_seed = 7;
  reproducer.about = "The residual's own shift is ignored: quant differs.";
  return reproducer;
}

TEST(RunYaml, HoldsTheSettingsThatDifferFromTheirDefaults) {
  EXPECT_EQ(run_yaml(with_residual("/rtl of two")),
            "# README.md says what differs.\n"
            "network: bundle\n"
            "\ninputs: {count: 1}\n"
            "\ndut:\n"
            "  dir: \"/rtl of two\"\n"
            "  parameters: {Cols: 4, Rows: 4}\n"
            "  optimize: O0\n"
            "\nbench:\n"
            "  stall_rate: 0.25\n"
            "  stall_seed: 7\n");
}

TEST(RunYaml, NamesWhatADesignOfItsOwnNeeds) {
  Reproducer reproducer = with_residual("/own");
  reproducer.allow_wrap = true;
  reproducer.dut.adapter = "/own/pins.cpp";
  reproducer.dut.top = "os_matmul";
  reproducer.dut.parameters = {{"Rows", 16}};
  reproducer.bench = {};
  EXPECT_EQ(run_yaml(reproducer),
            "# README.md says what differs.\n"
            "network: bundle\n"
            "overflow: wrap\n"
            "\ninputs: {count: 1}\n"
            "\ndut:\n"
            "  dir: \"/own\"\n"
            "  top: os_matmul\n"
            "  parameters: {Rows: 16}\n"
            "  adapter: \"/own/pins.cpp\"\n"
            "  optimize: O0\n");
}

/// The verdict of a run that is started elsewhere, in `out`.
nlohmann::json run(const std::string& reproducer, const fs::path& out, int exit_code) {
  const auto finished = test::run_systole({"run", reproducer + "/run.yaml", "-o", out});
  EXPECT_EQ(finished.exit_code, exit_code) << finished.out << finished.err;
  return nlohmann::json::parse(test::read_text(out / "verdict.json"));
}

TEST(Reproducer, MatchesOnGoodRtlAndDiffersOnBadRtlFromADirectoryWithBlanks) {
  const test::TempDirectory directory;
  const std::string place = directory.path("a place # with: blanks/of mine");
  write_reproducer(place, with_residual(SYSTOLE_SOURCE_DIR "/rtl"));
  const auto good = run(place, directory / "good", 0);
  EXPECT_EQ(good["compared"], 8);

  ASSERT_NO_FATAL_FAILURE(test::plant(directory / "bad rtl", "residual_not_shifted"));
  write_reproducer(place, with_residual(directory / "bad rtl"));
  const auto bad = run(place, directory / "bad", 1);
  EXPECT_EQ(bad["ops"][0]["state"], "match");
  EXPECT_EQ(bad["ops"][1]["state"], "mismatch");
  EXPECT_NE(test::read_text(place + "/README.md").find("own shift is ignored"), std::string::npos);
}

}  // namespace
}  // namespace systole
