// explain_test.cpp: what a run leaves of an op that is wrong: waveform, views, reproducer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bitset>

#include "sim/dut/abi.h"
#include "tests/cosim/plant.h"
#include "tests/cosim/whole_run.h"
#include "tests/support/fst.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

/// One op of a network on a design with a fault of faults/, with files.
class Explained : public testing::Test {
 protected:
  WholeRun run_with(const std::string& fault, const std::string& op,
                    std::vector<std::string> settings = {}) {
    plant(rtl(), fault);
    settings.push_back("explain.files=true");
    return run(settings, {"--rtl", rtl(), "--op", op});
  }
  fs::path rtl() const { return directory_ / "rtl"; }

  /// The verdict of the reproducer that an explanation names, on the design in `rtl`.
  WholeRun reproduce(const WholeRun& failed, const json& explanation, const fs::path& rtl) {
    WholeRun again;
    again.directory = std::make_unique<TempDirectory>();
    const fs::path config =
        *failed.directory / explanation["reproducer"].get<std::string>() / "run.yaml";
    again.finished = run_systole({"run", config, "--rtl", rtl, "-o", again.directory->path(),
                                  "--fresh", "--set", "explain.files=false"});
    again.verdict = json::parse(read_text(*again.directory / "verdict.json"));
    return again;
  }

  const TempDirectory directory_;
};

TEST_F(Explained, DifferencesHaveTheWrongBeatInTheirWaveform) {
  const WholeRun failed = run_with("pe_weight_bit_stuck", "conv1");
  EXPECT_EQ(failed.finished.exit_code, 1) << failed.finished.err;
  const json op = row(failed, "conv1");
  const json& explanation = op["explanation"];
  EXPECT_EQ(explanation["pe_row"], 2);
  EXPECT_EQ(explanation["pe_column"], 1);

  const fs::path wave = *failed.directory / explanation["wave"].get<std::string>();
  const std::uint64_t time = explanation["first_cycle"].get<std::uint64_t>() * abi::kTicksPerCycle;
  const Fst fst = read_fst(wave);
  EXPECT_LT(fst.first, time);
  EXPECT_GT(fst.last, time);
  const std::string bits = value_at(wave, "TOP.systole_core.tap_data_o[1] [31:0]", time);
  ASSERT_EQ(bits.size(), 32u);
  EXPECT_EQ(static_cast<std::int32_t>(std::bitset<32>(bits).to_ulong()), op["first"]["got"]);
  EXPECT_EQ(value_at(wave, "TOP.systole_core.tap_valid_o", time), "1");

  const std::string view = read_text(*failed.directory / explanation["view"].get<std::string>());
  EXPECT_THAT(view, HasSubstr("TOP.systole_core.u_array.w_q[2][1][15:0]"));
  EXPECT_THAT(failed.finished.out, HasSubstr("place    PE row 2, column 1, first in cycle "));
}

TEST_F(Explained, DifferencesAreReproducedByOneSmallProduct) {
  const WholeRun failed = run_with("pe_weight_bit_stuck", "conv1");
  const json explanation = row(failed, "conv1")["explanation"];
  const WholeRun bad = reproduce(failed, explanation, rtl());
  EXPECT_EQ(bad.finished.exit_code, 1) << bad.finished.err;
  const json& op = bad.verdict["ops"].at(0);
  EXPECT_EQ(op["state"], "mismatch");
  // Column 1 of the array and its row 2: no fewer channels and products will do.
  EXPECT_EQ(op["shape"], (json{1, 1, 2}));
  EXPECT_LE(op["macs"], 6);
  const WholeRun good = reproduce(failed, explanation, SYSTOLE_SOURCE_DIR "/rtl");
  EXPECT_EQ(good.finished.exit_code, 0) << good.finished.out;
}

TEST_F(Explained, HangsHaveTheirLastCyclesInTheirWaveformAndAreReproduced) {
  const WholeRun failed = run_with("one_row_pass_never_ends", "logits", {"bench.watchdog=2000"});
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.err;
  const json op = row(failed, "logits");
  const json& explanation = op["explanation"];
  EXPECT_EQ(explanation["first_cycle"], op["failure"]["cycle"]);
  const std::uint64_t since = op["failure"]["cycle"].get<std::uint64_t>();
  const Fst fst = read_fst(*failed.directory / explanation["wave"].get<std::string>());
  EXPECT_EQ(fst.first, abi::kTicksPerCycle) << "the hang begins in less than 300 cycles";
  EXPECT_GE(fst.last, since * abi::kTicksPerCycle);
  const WholeRun bad = reproduce(failed, explanation, rtl());
  EXPECT_EQ(bad.finished.exit_code, 3) << bad.finished.err;
  EXPECT_EQ(bad.verdict["ops"].at(0)["failure"]["kind"], "hang");
  const WholeRun good = reproduce(failed, explanation, SYSTOLE_SOURCE_DIR "/rtl");
  EXPECT_EQ(good.finished.exit_code, 0) << good.finished.out;
}

TEST_F(Explained, AssertionsHaveTheCyclesBeforeThemInTheirWaveform) {
  const WholeRun failed = run_with("output_lost_when_stalled", "conv1", {"bench.stall_rate=0.9"});
  EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.err;
  const json op = row(failed, "conv1");
  EXPECT_EQ(op["failure"]["kind"], "assertion");
  const json& explanation = op["explanation"];
  const std::uint64_t stopped = explanation["first_cycle"].get<std::uint64_t>();
  const Fst fst = read_fst(*failed.directory / explanation["wave"].get<std::string>());
  EXPECT_GE(fst.last + abi::kTicksPerCycle, stopped * abi::kTicksPerCycle);
  EXPECT_EQ(reproduce(failed, explanation, rtl()).finished.exit_code, 3);
}

TEST_F(Explained, NothingIsWrittenWhereItIsNotWanted) {
  plant(rtl(), "pe_weight_bit_stuck");
  const WholeRun failed = run({"explain.files=false"}, {"--rtl", rtl(), "--op", "conv1"});
  const json explanation = row(failed, "conv1")["explanation"];
  EXPECT_EQ(explanation["pe_row"], 2);
  EXPECT_FALSE(explanation.contains("wave"));
  EXPECT_FALSE(explanation.contains("reproducer"));
  EXPECT_FALSE(fs::exists(*failed.directory / "explain/1_conv1"));

  const WholeRun unexplained = run({"explain.ops=0"}, {"--rtl", rtl(), "--op", "conv1"});
  EXPECT_FALSE(row(unexplained, "conv1")["explanation"].contains("pe_row"));
  EXPECT_FALSE(fs::exists(*unexplained.directory / "explain"));
}

TEST_F(Explained, NothingIsLeftByAnEarlierRun) {
  const WholeRun failed = run_with("pe_weight_bit_stuck", "conv1");
  EXPECT_TRUE(fs::exists(*failed.directory / "explain/1_conv1"));
  EXPECT_EQ(run_systole(run_arguments(failed.directory->path(), {}, {"--op", "conv1"})).exit_code,
            0);
  EXPECT_FALSE(fs::exists(*failed.directory / "explain"));
}

TEST(Chained, RunsGiveTheGoldenAnswerOnAGoodDesign) {
  const WholeRun chained = run({}, {"--mode", "chained"});
  expect_match(chained);
  EXPECT_EQ(chained.verdict["answers"],
            (json{{{"output", "logits.quant"}, {"samples", 1}, {"top1_changed", 0}}}));
}

TEST(Chained, RunsShowWhichOpErrsAndWhoInheritsIt) {
  const TempDirectory directory;
  plant(directory / "rtl", "clear_misses_last_row");
  const WholeRun chained = run({}, {"--mode", "chained", "--rtl", directory / "rtl"});
  EXPECT_EQ(chained.finished.exit_code, 1) << chained.finished.err;
  EXPECT_GT(row(chained, "conv1")["own_mismatched"], 0);
  EXPECT_EQ(row(chained, "conv1.quant")["own_mismatched"], 0);
  EXPECT_GT(row(chained, "block1.conv1")["mismatched"], 0);
  EXPECT_EQ(row(chained, "block1.conv1")["own_mismatched"], 0);
  ASSERT_EQ(chained.verdict["answers"].size(), 1u);
  EXPECT_TRUE(chained.verdict["answers"][0].contains("sqnr_db"));
  EXPECT_THAT(chained.finished.out, HasSubstr("the difference is inherited"));
}

TEST(Chained, RunsNeedAllOps) {
  const WholeRun chained = run({}, {"--mode", "chained", "--op", "conv1"});
  EXPECT_EQ(chained.finished.exit_code, 2);
  EXPECT_THAT(chained.finished.err, HasSubstr("a chained run simulates all ops in one go"));
}

}  // namespace
}  // namespace systole::test
