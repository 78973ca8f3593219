// attention_test.cpp: products of two activations and constants per token through the RTL, and
// faults in what they take that ordinary products do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/attention_network.h"
#include "tests/cosim/plant.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

class Attention : public testing::Test {
 protected:
  Attention() { write_bundle(directory_ / "bundle", attention()); }

  std::vector<std::string> settings(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"network=" + (directory_ / "bundle").string(), "inputs.set=test",
                               "inputs.count=2"});
    return more;
  }

  /// One op on a 4x4 core with a fault.
  WholeRun run_planted(const std::string& op, const std::string& file, const std::string& find,
                       const std::string& replacement) const {
    plant(directory_ / "rtl", file, find, replacement);
    return run(settings({"explain.ops=10"}), {"--rtl", directory_ / "rtl", "--op", op});
  }

  /// The folder of its memory images for a 4x4 core.
  std::string exported() const {
    const std::string images = directory_ / "images";
    std::vector<std::string> arguments = {"export", kConfig, "-o", images};
    for (const std::string& setting :
         settings({"dut.parameters.Rows=4", "dut.parameters.Cols=4", "dut.optimize=O0"}))
      arguments.insert(arguments.end(), {"--set", setting});
    const Finished finished = run_systole(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return images;
  }

  const TempDirectory directory_;
};

struct ArraySize {
  int rows, cols;
};

class AttentionOn : public Attention, public testing::WithParamInterface<ArraySize> {};

TEST_P(AttentionOn, AnArrayMatchesOpByOpAndChained) {
  const std::vector<std::string> size = {"dut.parameters.Rows=" + std::to_string(GetParam().rows),
                                         "dut.parameters.Cols=" + std::to_string(GetParam().cols)};
  const WholeRun isolated = run(settings(size));
  expect_match(isolated, kAttentionHost);
  for (const json& op : isolated.verdict["ops"])
    if (op["engine"] == "rtl") {
      EXPECT_EQ(op["cycles"], op["predicted_cycles"]) << op;
    }
  expect_match(run(settings(size), {"--mode", "chained"}), kAttentionHost);
}

INSTANTIATE_TEST_SUITE_P(Sizes, AttentionOn,
                         testing::Values(ArraySize{4, 4}, ArraySize{8, 8}, ArraySize{16, 16},
                                         ArraySize{8, 4}),
                         [](const auto& size) {
                           return std::to_string(size.param.rows) + "x" +
                                  std::to_string(size.param.cols);
                         });

TEST_F(Attention, MatchesUnderStallsOnOneWorkerAndOnTwo) {
  const std::vector<std::string> stalls = settings({"bench.stall_rate=0.4", "bench.stall_seed=7"});
  const WholeRun one = run(stalls, {"--workers", "1"});
  expect_match(one, kAttentionHost);
  EXPECT_EQ(cycles(one), cycles(run(stalls, {"--workers", "2"})));
}

TEST_F(Attention, MatchesFromMemoryImagesWhichHoldConstantWeightsOnly) {
  const std::string images = exported();
  const Finished verified = run_systole({"verify-images", images});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const json manifest = json::parse(read_text(images + "/manifest.json"));
  std::vector<std::string> weights;
  for (const json& memory : manifest["memories"])
    if (memory["name"] == "weights")
      for (const json& tensor : memory["tensors"]) weights.push_back(tensor["op"]);
  EXPECT_THAT(weights, testing::ElementsAre("qkv", "proj"));
  expect_match(run(settings(), {"--from-images", images}), kAttentionHost);
}

TEST_F(Attention, HasImagesThatTheLoaderInPythonReadsToo) {
  const std::string python = SYSTOLE_SOURCE_DIR "/build/python/bin/python";
  if (!fs::exists(python)) GTEST_SKIP() << "flows/setup --python has not been run";
  const Finished compared =
      run_process({python, SYSTOLE_SOURCE_DIR "/tests/flows/export/compare_loader.py", exported()});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_THAT(compared.out, testing::Not(HasSubstr("differs")));
  EXPECT_THAT(compared.out, HasSubstr("tensors, "));
}

TEST_F(Attention, RunsItsProductsOnADesignWithoutLanes) {
  const std::string design = SYSTOLE_SOURCE_DIR "/tests/designs/output_stationary";
  const WholeRun own = run(settings(
      {"dut.dir=" + design, "dut.top=os_matmul", "dut.adapter=" + design + "/axis_pins.cpp"}));
  ASSERT_EQ(own.finished.exit_code, 0) << own.finished.out << own.finished.err;
  for (const char* op : {"qkv", "qk", "attnv", "proj"}) {
    EXPECT_EQ(row(own, op)["engine"], "rtl") << op;
    EXPECT_EQ(row(own, op)["state"], "match") << op;
  }
  for (const char* op : {"qkv.codes", "scores", "proj.codes"})
    EXPECT_EQ(row(own, op)["engine"], "host") << op;
}

TEST_F(Attention, FindsThePeWhoseStationaryActivationHasAStuckBit) {
  plant(directory_ / "rtl", "pe_weight_bit_stuck");
  const WholeRun failed =
      run(settings({"explain.ops=10"}), {"--rtl", directory_ / "rtl", "--op", "attnv"});
  EXPECT_EQ(failed.finished.exit_code, 1) << failed.finished.err;
  const json op = row(failed, "attnv");
  EXPECT_EQ(op["state"], "mismatch");
  EXPECT_EQ(op["stage"], "accumulator");
  EXPECT_EQ(op["explanation"]["stage"], "array");
  EXPECT_EQ(op["explanation"]["pe_row"], 2);
  EXPECT_EQ(op["explanation"]["pe_column"], 1);
  EXPECT_GT(op["explanation"]["first_cycle"], 0);
}

// A head's keys stay where the head before left them: only its tiles behind the first are wrong.
TEST_F(Attention, FindsAHeadThatIsMultipliedByTheKeysOfTheHeadBefore) {
  const WholeRun failed = run_planted(
      "qk", "sequencer.sv", "swap_q       <= weight_take_o;",
      "swap_q       <= weight_take_o && (!pass_i.last || out_credit_q == count_t'(OutDepth));");
  EXPECT_EQ(failed.finished.exit_code, 1) << failed.finished.err;
  const json op = row(failed, "qk");
  EXPECT_EQ(op["state"], "mismatch");
  EXPECT_EQ(op["stage"], "accumulator");
  EXPECT_EQ(op["first"]["index"], json({0, 0, 0, 4}));  // The second tile of head 0.
  EXPECT_EQ(op["first"]["tile"], 1);
  EXPECT_EQ(op["first"]["row"], 0);
  EXPECT_EQ(op["first"]["column"], 0);
  std::vector<std::string> evidence = op["explanation"]["evidence"];
  EXPECT_THAT(evidence, Contains(HasSubstr("it depends on what they leave behind")));
}

TEST_F(Attention, FindsTokensThatAreAddedUpInOneAccumulator) {
  const WholeRun failed = run_planted("qkv", "sequencer.sv", "pass_i.first_row + row_q", "row_q");
  EXPECT_EQ(failed.finished.exit_code, 1) << failed.finished.err;
  const json op = row(failed, "qkv");
  EXPECT_EQ(op["state"], "mismatch");
  EXPECT_EQ(op["stage"], "accumulator");
  EXPECT_EQ(op["first"]["index"], json({0, 1, 0}));  // Token 1: the first one's address is right.
}

TEST_F(Attention, FindsATokenThatIsScaledAsTheOneBefore) {
  const WholeRun failed =
      run_planted("qkv", "param_bank.sv", "if (start_i) set_read_q <= set_read_q",
                  "if (start_i && load_q) read_q <= read_q - beat_t'(Cols - 1);\n"
                  "      if (start_i) set_read_q <= set_read_q");
  EXPECT_EQ(failed.finished.exit_code, 1) << failed.finished.err;
  EXPECT_EQ(row(failed, "qkv")["state"], "match");
  EXPECT_EQ(row(failed, "qkv.codes")["state"], "mismatch");
  EXPECT_EQ(row(failed, "qkv.codes")["stage"], "mul_quant");
}

TEST_F(Attention, LeavesReproducersOfHeadsAndOfTokens) {
  plant(directory_ / "rtl", "pe_weight_bit_stuck");
  const WholeRun failed = run(settings({"explain.files=true"}), {"--rtl", directory_ / "rtl"});
  for (const char* op : {"qkv", "attnv", "proj"}) {
    const json explanation = row(failed, op)["explanation"];
    const std::string reproducer = explanation["reproducer"];
    ASSERT_NE(reproducer, "") << op << ": " << explanation;
    const TempDirectory again;
    const Finished finished =
        run_systole({"run", *failed.directory / reproducer / "run.yaml", "--rtl",
                     directory_ / "rtl", "-o", again.path(), "--set", "explain.files=false"});
    EXPECT_EQ(finished.exit_code, 1) << op << finished.out << finished.err;
  }
}

}  // namespace
}  // namespace systole::test
