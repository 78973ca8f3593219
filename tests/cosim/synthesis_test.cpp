// synthesis_test.cpp: what Yosys makes of the core computes what the RTL does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kRtl = SYSTOLE_SOURCE_DIR "/rtl";

Finished synthesise(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {SYSTOLE_SOURCE_DIR "/flows/checks/synthesise"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command);
}

/// All ops of a small network with streams, residuals and groups on a 2x2 design of the folder.
WholeRun run_small(const fs::path& design) {
  return run({"network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int",
              "dut.dir=" + design.string(), "dut.parameters.Rows=2", "dut.parameters.Cols=2",
              "dut.parameters.AccDepth=8"});
}

TEST(Netlist, GivesTheTensorsAndCyclesOfTheRtlUntilACellIsDamaged) {
  const TempDirectory directory;
  const fs::path netlist = directory / "netlist";
  const Finished done = synthesise({"--out", netlist, "Rows=2", "Cols=2", "AccDepth=8"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(" cells\n"));
  EXPECT_THAT(read_text(netlist / "gates.v"), HasSubstr("module systole_netlist("));

  const WholeRun rtl = run_small(kRtl);
  const WholeRun synthesised = run_small(netlist);
  ASSERT_EQ(rtl.finished.exit_code, 0) << rtl.finished.out << rtl.finished.err;
  ASSERT_EQ(synthesised.finished.exit_code, 0) << synthesised.finished.out;
  EXPECT_GT(cycles(rtl).size(), 5);
  EXPECT_EQ(cycles(synthesised), cycles(rtl));
  EXPECT_EQ(synthesised.verdict["compared"], rtl.verdict["compared"]);
  EXPECT_EQ(compare(rtl.rtl(), synthesised.rtl()), 0);

  replace_once(netlist / "words.v", "$signed(\\u_array.x_q[0] [8:0])", "\\u_array.x_q[0] [8:0]");
  const WholeRun damaged = run_small(netlist);
  EXPECT_EQ(damaged.finished.exit_code, 1) << damaged.finished.out << damaged.finished.err;
  EXPECT_EQ(row(damaged, "conv1")["state"], "mismatch");
}

/// The messages of a synthesis of the RTL with one text replaced.
Finished synthesise_with(const std::string& file, const std::string& find,
                         const std::string& replacement) {
  const TempDirectory directory;
  fs::copy(kRtl, directory / "rtl", fs::copy_options::recursive);
  replace_once(directory / "rtl" / file, find, replacement);
  return synthesise({"--rtl", directory / "rtl", "--out", directory / "out"});
}

TEST(Synthesis, RefusesAWireThatNothingDrives) {
  const Finished done = synthesise_with("accumulators.sv", "assign acc_o[c]      = acc_q[c];", "");
  EXPECT_EQ(done.exit_code, 1) << done.out;
  EXPECT_THAT(done.err, HasSubstr(".\\acc_o [63] is used but has no driver")) << done.err;
}

TEST(Synthesis, RefusesAnImplicitWire) {
  const Finished done = synthesise_with("row_pipe.sv", "assign acc_row_o      = row;",
                                        "assign acc_row_o      = row;\n  assign acc_row_q = 1'b0;");
  EXPECT_EQ(done.exit_code, 1) << done.out;
  EXPECT_THAT(done.err, HasSubstr("Identifier `\\acc_row_q' is implicitly declared")) << done.err;
}

TEST(Synthesis, RefusesAMemoryThatBecomesRegisters) {
  const Finished done =
      synthesise_with("channel_fifo.sv",
                      "  always_ff @(posedge clk_i) begin\n"
                      "    if (valid_i && ready_o) mem_q[write_q[IndexBits-1:0]] <= data_i;\n",
                      "  logic [Width-1:0] mem_d[Depth];\n"
                      "  always_comb begin\n"
                      "    mem_d = mem_q;\n"
                      "    if (valid_i && ready_o) mem_d[write_q[IndexBits-1:0]] = data_i;\n"
                      "  end\n"
                      "  always_ff @(posedge clk_i) begin\n"
                      "    mem_q <= mem_d;\n");
  EXPECT_EQ(done.exit_code, 1) << done.out;
  EXPECT_THAT(done.err, HasSubstr("Replacing memory \\mem_q with list of registers")) << done.err;
}

}  // namespace
}  // namespace systole::test
