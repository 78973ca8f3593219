// command_test.cpp: subcommands that need no design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/process.h"

namespace systole::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDigits = SYSTOLE_SOURCE_DIR "/golden/digits";
constexpr const char* kConfig = SYSTOLE_SOURCE_DIR "/configs/digits.yaml";

TEST(Command, ShowsExamplesInTheHelpOfEverySubcommand) {
  for (const char* name :
       {"run", "golden", "show", "compare", "bench", "cache", "explain", "quantize", "evaluate"}) {
    const Finished help = run_systole({name, "--help"});
    EXPECT_EQ(help.exit_code, 0) << name;
    EXPECT_THAT(help.out, HasSubstr("Example")) << name;
  }
}

TEST(Command, ExitsWithTwoOnAnUnknownSubcommandOrOption) {
  EXPECT_EQ(run_systole({"rum"}).exit_code, 2);
  EXPECT_EQ(run_systole({"run", kConfig, "--cuont", "3"}).exit_code, 2);
  EXPECT_EQ(run_systole({}).exit_code, 2);
}

TEST(Explain, PrintsTypeDefaultAndRangeOfAKey) {
  const Finished explain = run_systole({"explain", "dut.parameters.Rows"});
  EXPECT_EQ(explain.exit_code, 0);
  EXPECT_THAT(explain.out, HasSubstr("integer"));
  EXPECT_THAT(explain.out, HasSubstr("16"));
  EXPECT_THAT(explain.out, HasSubstr("64"));
}

TEST(Explain, SuggestsTheNearestKey) {
  const Finished explain = run_systole({"explain", "bench.quantom"});
  EXPECT_EQ(explain.exit_code, 2);
  EXPECT_THAT(explain.err, HasSubstr("bench.quantum"));
}

TEST(Explain, PrintsEveryKeyThatARunResolves) {
  const Finished explain = run_systole({"explain"});
  for (const char* key :
       {"network", "inputs.count", "quantize.weight_bits", "dut.dir", "bench.seed"})
    EXPECT_THAT(explain.out, HasSubstr(key));
}

TEST(Show, PrintsOpsShapesAndMacsOfABundle) {
  const Finished show = run_systole({"show", kDigits});
  EXPECT_EQ(show.exit_code, 0);
  EXPECT_THAT(show.out, HasSubstr("block2.project"));
  EXPECT_THAT(show.out, HasSubstr("[1, 4, 4, 40]"));
  EXPECT_THAT(show.out, HasSubstr("1,061,776 MACs per sample"));
}

TEST(Show, RefusesADirectoryThatIsNeither) {
  const Finished show = run_systole({"show", SYSTOLE_SOURCE_DIR "/configs"});
  EXPECT_EQ(show.exit_code, 2);
  EXPECT_THAT(show.err, HasSubstr("expected a bundle (network.yaml) or a trace (trace.json)"));
}

TEST(Golden, RecordsATraceThatShowsAndComparesEqualToItself) {
  const TempDirectory out;
  const std::string trace = out / "golden";
  ASSERT_EQ(run_systole({"golden", kConfig, "--count", "1", "-o", out.path()}).exit_code, 0);
  EXPECT_THAT(run_systole({"show", trace}).out, HasSubstr("block1.conv2.quant"));
  const Finished same = run_systole({"compare", trace, trace, "--json"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(same.out)["verdict"], "match");
}

TEST(Golden, IsTheSameOnEveryRun) {
  const TempDirectory out;
  for (const char* name : {"a", "b"})
    ASSERT_EQ(run_systole({"golden", kConfig, "--count", "2", "-o", out / name}).exit_code, 0);
  EXPECT_EQ(read_text(out / "a/golden/tensors.safetensors"),
            read_text(out / "b/golden/tensors.safetensors"));
  EXPECT_EQ(read_text(out / "a/golden/trace.json"), read_text(out / "b/golden/trace.json"));
}

TEST(Compare, NamesTheFirstDifferenceOfTracesOfOtherInputs) {
  const TempDirectory out;
  ASSERT_EQ(run_systole({"golden", kConfig, "--count", "1", "-o", out / "a"}).exit_code, 0);
  ASSERT_EQ(run_systole({"golden", kConfig, "--input", "random", "--count", "1", "-o", out / "b"})
                .exit_code,
            0);
  const Finished compare = run_systole({"compare", out / "a/golden", out / "b/golden"});
  EXPECT_EQ(compare.exit_code, 1);
  EXPECT_THAT(compare.out, HasSubstr("expected"));
  EXPECT_THAT(compare.out, HasSubstr("MISMATCH"));
  EXPECT_THAT(compare.err, IsEmpty());
}

TEST(Cache, ListsAndPrunes) {
  const TempDirectory cache;
  const std::vector<std::string> program = {"env", "SYSTOLE_CACHE=" + cache.path(),
                                            SYSTOLE_TEST_PROGRAM, "cache"};
  std::vector<std::string> list = program, prune = program;
  list.insert(list.end(), {"list", "--json"});
  prune.insert(prune.end(), {"prune", "--max-size", "1MB"});
  EXPECT_EQ(nlohmann::json::parse(run_process(list).out),
            nlohmann::json::parse(R"({"designs": [], "verdicts": {"count": 0, "bytes": 0}})"));
  EXPECT_EQ(run_process(prune).exit_code, 0);
  prune.back() = "many";
  EXPECT_EQ(run_process(prune).exit_code, 2);
}

}  // namespace
}  // namespace systole::test
