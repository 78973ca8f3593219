// estimate_test.cpp: what `systole estimate` promises, a run takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/bad_input.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Finished estimate(const std::vector<std::string>& settings,
                  const std::vector<std::string>& options = {}) {
  std::vector<std::string> arguments = {"estimate", kConfig};
  for (const char* setting :
       {"inputs.count=1", "dut.optimize=O0", "dut.parameters.Rows=4", "dut.parameters.Cols=4"})
    arguments.insert(arguments.end(), {"--set", setting});
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run_systole(arguments);
}

TEST(Estimate, IsWhatARunTakes) {
  const Finished finished = estimate({}, {"--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json estimated = json::parse(finished.out);
  const WholeRun digits = run({});
  expect_match(digits);
  std::map<std::string, std::int64_t> predicted;
  std::int64_t total = 0;
  for (const json& op : estimated["ops"]) {
    predicted[op["name"]] = op["cycles"];
    total += op["cycles"].get<std::int64_t>();
    std::int64_t pe_cycles = 0;
    for (const json& cause : op["pe_cycles"]) pe_cycles += cause.get<std::int64_t>();
    EXPECT_EQ(pe_cycles, op["cycles"].get<std::int64_t>() * 16) << op;
  }
  EXPECT_EQ(predicted, cycles(digits));
  EXPECT_EQ(estimated["total"]["cycles"], total);
  for (const json& op : digits.verdict["ops"]) {
    EXPECT_EQ(op["predicted_cycles"], op["cycles"]) << op;
    EXPECT_FALSE(op.contains("unpredicted")) << op;
  }
}

TEST(Estimate, ShowsCausesRefetchesAndHostOps) {
  const Finished finished = estimate({}, {"--op", "block2.*"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* text : {"useful", "ragged", "zeros", "weights", "params", "fill/drain",
                           "re-fetches", "block2.project", "total", "flat (moves data only)"})
    EXPECT_THAT(finished.out, HasSubstr(text));
  EXPECT_THAT(finished.out, Not(HasSubstr("block1")));
}

TEST(Estimate, SaysThatStallsComeOnTop) {
  EXPECT_THAT(estimate({"bench.stall_rate=0.3"}).out,
              HasSubstr("stalls come on top: what bench.stall_rate 0.3 adds is not predicted"));
  const WholeRun stalled = run({"bench.stall_rate=0.3"}, {"--op", "logits"});
  EXPECT_FALSE(row(stalled, "logits").contains("unpredicted"));
  EXPECT_GT(row(stalled, "logits")["cycles"], row(stalled, "logits")["predicted_cycles"]);
}

TEST(Estimate, RefusesAnOpThatTheNetworkLacks) {
  expect_refused(estimate({}, {"--op", "conv9"}), {"--op", "conv9", "conv1"});
}

}  // namespace
}  // namespace systole::test
