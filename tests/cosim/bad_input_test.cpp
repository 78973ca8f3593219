// bad_input_test.cpp: configurations, options and inputs that a run refuses, and how it says so.
#include "tests/cosim/bad_input.h"

#include <gtest/gtest.h>

#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

/// Refuses a configuration of this text, in a file whose name the message must begin with.
void expect_config_refused(const std::string& text, const std::vector<std::string>& words) {
  const TempDirectory directory;
  const std::string file = directory / "bad.yaml";
  write_text(file, text);
  std::vector<std::string> all = words;
  all[0] = file + all[0];
  expect_refused(run_systole({"run", file, "-o", directory / "out"}), all);
  EXPECT_FALSE(fs::exists(directory / "out/verdict.json"));
}

const std::string kNetwork = "network: " SYSTOLE_SOURCE_DIR "/golden/digits\n";

TEST(BadConfig, MissingFile) {
  expect_refused(run_systole({"run", "nowhere.yaml"}),
                 {"nowhere.yaml: got no readable file, expected a YAML file"});
}

TEST(BadConfig, DirectoryInsteadOfAFile) {
  expect_refused(run_systole({"run", "/tmp"}), {"/tmp: got a directory, expected a YAML file"});
}

TEST(BadConfig, EmptyFile) { expect_config_refused("", {": network: ", "expected this key"}); }

TEST(BadConfig, SyntaxError) {
  expect_config_refused(kNetwork + "dut: {dir: x\n", {":3: YAML syntax error: "});
}

TEST(BadConfig, MissingBundle) {
  expect_run_refused({"network=nowhere"}, {},
                     {"nowhere/network.yaml: got no readable file, expected a YAML file"});
}

TEST(BadConfig, UnknownKeyWithASuggestion) {
  expect_config_refused(
      kNetwork + "dut:\n  paramters: {Rows: 4}\n",
      {":3: dut.paramters: got an unknown key, ", "did you mean dut.parameters?"});
}

TEST(BadConfig, WrongType) {
  expect_config_refused(kNetwork + "inputs:\n  count: four\n",
                        {":3: inputs.count: got four, expected an integer in [1, 65536]"});
  expect_config_refused(kNetwork + "inputs:\n  count: \"4\"\n",
                        {":3: inputs.count: got \"4\", expected an integer in [1, 65536]"});
  expect_config_refused(kNetwork + "inputs: 4\n", {":2: inputs: got 4, expected a map"});
  expect_config_refused(kNetwork + "bench: {poison: 1}\n",
                        {":2: bench.poison: got 1, expected true or false"});
}

TEST(BadConfig, SizeOutOfRange) {
  for (const char* rows : {"0", "1", "65", "1024", "-4"})
    expect_config_refused(
        kNetwork + "dut:\n  parameters:\n    Rows: " + rows + "\n",
        {std::string(":4: dut.parameters.Rows: got ") + rows + ", expected an integer in [2, 64]"});
  expect_run_refused({"dut.parameters.Cols=1024"}, {},
                     {"dut.parameters.Cols: got 1024, expected an integer in [2, 64]"});
  expect_run_refused({"dut.parameters.ScaleBits=24"}, {}, {"expected one of 16, 32"});
}

TEST(BadSetting, WithoutEqualsSign) {
  expect_run_refused({"dut.parameters.Rows"}, {},
                     {"--set dut.parameters.Rows: ", "expected key=value"});
}

TEST(BadSetting, OfAGroupOrAnUnknownKeyOrABadValue) {
  expect_run_refused({"dut=4"}, {}, {"--set dut=4: dut: got a group of keys, expected one key"});
  expect_run_refused({"bench.quantom=4"}, {},
                     {"--set bench.quantom=4: ", "did you mean bench.quantum?"});
  expect_run_refused({"dut.parameters.Rows="}, {}, {"expected an integer"});
  expect_run_refused({"inputs.count=99999999999999999999"}, {}, {"integer in [1, 65536]"});
  expect_run_refused({"bench.stall_rate=nan"}, {}, {"expected a number in [0, 0.95]"});
  expect_run_refused({"bench.stall_rate=1"}, {}, {"expected a number in [0, 0.95]"});
}

TEST(BadSetting, WithoutTheAccumulatorTap) {
  expect_run_refused({"dut.parameters.AccTap=0"}, {},
                     {"--set dut.parameters.AccTap=0: dut.parameters.AccTap: got 0, expected 1"});
}

TEST(BadSetting, NamesASampleSetThatIsNotThere) {
  expect_run_refused({"inputs.set=tset"}, {}, {"inputs.set: got 'tset'", "calibration, test"});
  expect_run_refused({"calibration.set=none"}, {}, {"calibration.set: got none, expected"});
  expect_run_refused({"evaluation.set=none"}, {}, {"evaluation.set: got none, expected"});
}

TEST(BadOption, IsRefusedByName) {
  expect_refused(run_systole({"rnu", "x.yaml"}), {"rnu"});
  expect_refused(run_systole({}), {"no subcommand"});
  expect_refused(run_systole({"run"}), {"config: got none, expected the run's YAML file"});
  expect_refused(run_systole({"run", kConfig, "--bogus"}), {"--bogus"});
  expect_run_refused({}, {"--count", "0"}, {"inputs.count: got 0, expected"});
  expect_run_refused({}, {"--count", "many"}, {"inputs.count: got many, expected"});
}

TEST(BadOption, OpThatSelectsNothing) {
  for (const char* op : {"nothing", "[", "conv1,logits"})
    expect_run_refused(
        {}, {"--op", op},
        {"--op: got '" + std::string(op) + "', expected the name or pattern of an op: ",
         "conv1, conv1.quant, block1.conv1, block1.conv1.quant"});
  expect_run_refused(
      {}, {"--op", "flat"},
      {"--op: got 'flat', expected the name or pattern of an op that the RTL computes: ",
       "conv1.quant, block1.conv1.quant"});
}

TEST(BadOption, OutThatCannotBeWritten) {
  const TempDirectory directory;
  write_text(directory / "file", "");
  fs::create_directories(directory / "mine/golden");
  write_text(directory / "mine/golden/notes.txt", "precious");
  const auto refuse = [&](const std::string& out, const std::vector<std::string>& words) {
    expect_refused(run_systole(run_arguments(directory / out, {})), words);
  };
  refuse("file", {(directory / "file").string(), "cannot write here: Not a directory"});
  refuse("file/deeper", {(directory / "file").string(), "cannot write here: Not a directory"});
  refuse("mine", {"mine/golden: got a directory that holds notes.txt"});
  EXPECT_EQ(read_text(directory / "mine/golden/notes.txt"), "precious");
}

TEST(BadInputFile, IsRefusedWithShapeOrCode) {
  const TempDirectory directory;
  const std::string file = directory / "x.npy";
  const auto refuse = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all[0] = file + ": " + all[0];
    expect_run_refused({}, {"--input", file}, all);
  };
  refuse({"got No such file or directory, expected a readable file"});
  write_npy(file, "|u1", "(1, 7, 8, 1)", std::string(56, 0));
  refuse({"shape: got [1, 7, 8, 1], expected [batch, ...] with [8, 8, 1] per sample"});
  write_npy(file, "|u1", "(0, 8, 8, 1)", "");
  refuse({"shape: got [0, 8, 8, 1]"});
  write_npy(file, "<i2", "(1, 8, 8, 1)", "\x2c\x01" + std::string(126, 0));
  refuse({"code: got 300, expected uint8 codes, in [0, 255]"});
  write_npy(file, "|i1", "(1, 8, 8, 1)", "\xff" + std::string(63, 0));
  refuse({"code: got -1, expected uint8 codes"});
  write_npy(file, "|u1", "(1, 8, 8, 1)", std::string(30, 0));
  refuse({"got 30 data bytes, expected 64"});
  write_npy(file, "|u1", "(1000000000000, 8, 8, 1)", std::string(64, 0));
  refuse({"got 64 data bytes, expected 64000000000000"});
  write_npy(file, "<f4", "(1, 8, 8, 1)", std::string(256, 0));
  refuse({"got dtype F32, expected an integer dtype"});
  write_text(file, "\x93NUMPY\x01");
  refuse({"got"});
}

TEST(BadInputFile, IsNoKindOfInput) {
  expect_run_refused({}, {"--input", "corner"},
                     {"inputs.source: got corner", "did you mean corners?"});
  expect_run_refused({}, {"--input", "file"}, {"inputs.source: got file, expected inputs.file"});
}

}  // namespace
}  // namespace systole::test
