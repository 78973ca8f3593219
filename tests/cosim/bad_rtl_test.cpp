// bad_rtl_test.cpp: RTL trees and tools that cannot be used, and how a run says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cosim/bad_input.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class BadRtl : public testing::Test {
 protected:
  BadRtl() { fs::copy(SYSTOLE_SOURCE_DIR "/rtl", rtl_, fs::copy_options::recursive); }

  void expect_run_refused(const std::vector<std::string>& words) {
    test::expect_run_refused({}, {"--rtl", rtl_}, words);
  }

  /// Exit code 3 and a failed verdict whose reason has these words.
  void expect_failed(const std::vector<std::string>& settings,
                     const std::vector<std::string>& words) {
    const WholeRun failed = run(settings, {"--rtl", rtl_, "--op", "conv1"});
    EXPECT_EQ(failed.finished.exit_code, 3) << failed.finished.err;
    EXPECT_EQ(failed.finished.err, "");
    EXPECT_EQ(failed.verdict["verdict"], "failed");
    EXPECT_EQ(failed.verdict["compared"], 0);
    for (const std::string& word : words) EXPECT_THAT(failed.finished.out, HasSubstr(word));
    EXPECT_THAT(failed.finished.out, Not(HasSubstr("MATCH")));
  }

  const TempDirectory directory_;
  const fs::path rtl_ = directory_ / "rtl";
};

TEST_F(BadRtl, IsNotThere) {
  fs::remove_all(rtl_);
  expect_run_refused({"dut.dir: got " + rtl_.string() + ", expected an existing folder"});
}

TEST_F(BadRtl, HasNoFileList) {
  fs::remove(rtl_ / "files.f");
  expect_run_refused({(rtl_ / "files.f").string() + ": ", "expected a list of RTL sources"});
}

TEST_F(BadRtl, HasAnEmptyFileList) {
  write_text(rtl_ / "files.f", "// nothing\n");
  expect_run_refused({(rtl_ / "files.f").string() + ": ", "expected at least one RTL source"});
}

TEST_F(BadRtl, LacksAListedFile) {
  write_text(rtl_ / "files.f", "systole_pkg.sv\nnowhere.sv\n");
  expect_run_refused({(rtl_ / "files.f").string() + ":2: nowhere.sv: got no such file"});
}

TEST_F(BadRtl, HasASyntaxError) {
  write_text(rtl_ / "systole_pkg.sv", "package systole_pkg;\n  typedef logic\nendpackage\n");
  expect_failed({}, {"the design does not build", (rtl_ / "systole_pkg.sv").string() + ":3:"});
}

TEST_F(BadRtl, UsesWhatIsNotDeclared) {
  replace_once(rtl_ / "sequencer.sv", "assign is_start = row_q == 0;",
               "assign is_start = rowq == 0;");
  expect_failed({}, {(rtl_ / "sequencer.sv").string() + ":", "'rowq'"});
}

TEST_F(BadRtl, HasNoSuchTopModule) {
  test::expect_run_refused({"dut.top=nowhere"}, {"--rtl", rtl_},
                           {rtl_.string() + ": dut.top: got nowhere", "a module of files.f"});
  test::expect_run_refused({"dut.top="}, {"--rtl", rtl_},
                           {"dut.top: expected the name of the top module"});
}

TEST_F(BadRtl, HasNoSuchParameter) {
  test::expect_run_refused({"dut.parameters.Depth=4"}, {"--rtl", rtl_},
                           {rtl_.string() + ": dut.parameters.Depth: got a parameter that "
                                            "systole_core does not have",
                            "dut.adapter"});
}

TEST(BadTools, VerilatorIsNotOnThePath) {
  const TempDirectory out;
  std::vector<std::string> command = systole_command(run_arguments(out.path(), {}));
  command.insert(command.begin() + 1, "PATH=/nowhere");
  expect_refused(run_process(command), {"verilator", "flows/setup"});
  EXPECT_FALSE(fs::exists(out / "verdict.json"));
}

}  // namespace
}  // namespace systole::test
