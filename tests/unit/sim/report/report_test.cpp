// report_test.cpp: what people and machines read of a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/config/error.h"
#include "sim/report/json.h"
#include "sim/report/read_verdict.h"
#include "sim/report/terminal.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using testing::HasSubstr;
using testing::Not;

RunReport mismatching_run() {
  OpVerdict good{
      .name = "conv1", .op = "int_conv2d", .engine = Engine::kRtl, .state = OpState::kMatch};
  good.macs = 1234567;
  good.cycles = good.predicted = 5000;
  good.compared = 96;
  OpVerdict bad{.name = "conv1.quant", .op = "mul_quant", .engine = Engine::kRtl};
  bad.state = OpState::kMismatch;
  bad.compared = 96;
  bad.mismatched = 2;
  bad.stage = Stage::kMulQuant;
  bad.first = Difference{{0, 1, 2, 3}, 5, 6, {4, 7, 3}};
  OpVerdict host{.name = "flat", .op = "flatten", .engine = Engine::kHost, .state = OpState::kHost};
  host.message = "moves data only";
  RunReport report;
  report.ops = {good, bad, host};
  report.totals = total(report.ops, false);
  report.config = {{"network", "net"}};
  return report;
}

TEST(ToText, ExplainsTheFirstDifference) {
  const std::string text = to_text(mismatching_run(), false);
  EXPECT_THAT(text, HasSubstr("conv1.quant: 2 of 96 elements differ; first at [0, 1, 2, 3]: "
                              "expected 5, got 6"));
  EXPECT_THAT(text, HasSubstr("tile 4, row 7, column 3; stage mul_quant"));
  EXPECT_THAT(text, HasSubstr("MISMATCH  192 elements compared, 2 differ"));
}

TEST(ToText, NamesOpsOfTheHostAsNotVerified) {
  EXPECT_THAT(to_text(mismatching_run(), false),
              HasSubstr("on the host, not verified: flat (moves data only)"));
}

TEST(ToText, NamesOpsWhoseCyclesAreNotAsPredicted) {
  RunReport run = mismatching_run();
  EXPECT_THAT(to_text(run, false), Not(HasSubstr("predicts")));
  run.ops[0].cycles = 5100;  // The last within 2 %.
  EXPECT_THAT(to_text(run, false), Not(HasSubstr("predicts")));
  EXPECT_FALSE(nlohmann::json::parse(to_json(run))["ops"][0].contains("unpredicted"));
  for (const std::uint64_t cycles : {4899U, 5101U}) {
    run.ops[0].cycles = cycles;
    EXPECT_THAT(to_text(run, false), HasSubstr(" cycles, the cycle model predicts 5,000"))
        << cycles;
    EXPECT_EQ(nlohmann::json::parse(to_json(run))["ops"][0]["unpredicted"], true) << cycles;
  }
  run.is_stalled = true;
  EXPECT_THAT(to_text(run, false), Not(HasSubstr("predicts")));
  EXPECT_FALSE(nlohmann::json::parse(to_json(run))["ops"][0].contains("unpredicted"));
}

TEST(ToText, DoesNotJudgeTheCyclesOfAnOpThatFailed) {
  RunReport run = mismatching_run();
  run.ops[0].state = OpState::kFailed;
  run.ops[0].cycles = 7;
  EXPECT_THAT(to_text(run, false), Not(HasSubstr("predicts")));
}

TEST(ToText, UsesEscapesOnlyForColour) {
  EXPECT_THAT(to_text(mismatching_run(), false), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(to_text(mismatching_run(), true), HasSubstr("\x1b["));
}

TEST(ToJson, HoldsTheStableKeys) {
  const auto json = nlohmann::json::parse(to_json(mismatching_run()));
  EXPECT_EQ(json["verdict"], "mismatch");
  EXPECT_EQ(json["compared"], 192);
  EXPECT_EQ(json["mismatched"], 2);
  EXPECT_TRUE(json["dut"].contains("key") && json["dut"].contains("cached"));
  EXPECT_EQ(json["ops"][0]["macs"], 1234567);
  EXPECT_EQ(json["ops"][1]["first"]["column"], 3);
  EXPECT_EQ(json["ops"][1]["stage"], "mul_quant");
  EXPECT_EQ(json["ops"][2]["engine"], "host");
  EXPECT_EQ(json["config"]["network"], "net");
}

TEST(ToText, SaysWhereTheTimeWent) {
  RunReport report = mismatching_run();
  report.seconds = {
      .network = 0.5, .golden = 0.25, .build = 0.125, .simulate = 2, .compare = 0.75, .write = 1};
  EXPECT_THAT(to_text(report, false), HasSubstr("load 0.50 s, golden 0.25 s, design 0.12 s\n"));
  report.workers = {.count = 2, .cpu_seconds = 3.5, .peak_bytes = 123'456'789, .own_bytes = 1};
  EXPECT_THAT(to_text(report, false),
              HasSubstr("design 0.12 s, simulate 2.00 s with 2 workers of at most 123 MB (compare "
                        "0.75 s meanwhile), write 1.00 s\n"));
}

/// What `read_verdict` makes of a file with this text.
EarlierVerdict read_text(const std::string& text) {
  const test::TempDirectory directory;
  return read_verdict(directory.write("verdict.json", text));
}

TEST(ReadVerdict, ReadsWhatToJsonWrites) {
  RunReport report = mismatching_run();
  report.op_pattern = "conv*";
  report.network_hash = "abc";
  report.input_hashes = {{"image", "def"}};
  report.dut.key = "key";
  report.tools = {{"systole", "1.2"}};
  report.ops[1].explanation = Explanation{.follows = true, .evidence = {"see conv1"}};
  const EarlierVerdict verdict = read_text(to_json(report));
  EXPECT_EQ(verdict.config, report.config);
  EXPECT_EQ(verdict.op_pattern, "conv*");
  EXPECT_EQ(verdict.network_hash, "abc");
  EXPECT_EQ(verdict.input_hashes, report.input_hashes);
  EXPECT_EQ(verdict.dut_key, "key");
  EXPECT_EQ(verdict.version, "1.2");
  ASSERT_EQ(verdict.ops.size(), 3U);
  EXPECT_EQ(verdict.ops[0].state, OpState::kMatch);
  EXPECT_EQ(verdict.ops[0].cycles, 5000U);
  EXPECT_EQ(verdict.ops[0].compared, 96);
  const OpVerdict& bad = verdict.ops[1];
  EXPECT_EQ(bad.name, "conv1.quant");
  EXPECT_EQ(bad.state, OpState::kMismatch);
  EXPECT_EQ(bad.mismatched, 2);
  EXPECT_EQ(bad.stage, Stage::kMulQuant);
  ASSERT_TRUE(bad.first);
  EXPECT_EQ(bad.first->index, (Shape{0, 1, 2, 3}));
  EXPECT_EQ(bad.first->expected, 5);
  EXPECT_EQ(bad.first->got, 6);
  EXPECT_EQ(bad.first->place.tile, 4);
  EXPECT_EQ(bad.first->place.row, 7);
  EXPECT_EQ(bad.first->place.column, 3);
  ASSERT_TRUE(bad.explanation);
  EXPECT_TRUE(bad.explanation->follows);
  EXPECT_EQ(bad.explanation->evidence, report.ops[1].explanation->evidence);
  EXPECT_EQ(verdict.ops[2].state, OpState::kHost);
}

TEST(ReadVerdict, RefusesAStateThatItDoesNotKnow) {
  std::string text = to_json(mismatching_run());
  const std::string state = "\"state\": \"host\"";
  text.replace(text.find(state), state.size(), "\"state\": \"fine\"");
  EXPECT_THROW(read_text(text), InputError);
}

TEST(WithCommas, GroupsThousands) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace systole
