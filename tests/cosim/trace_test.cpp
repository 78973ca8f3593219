// trace_test.cpp: traces that runs leave, compared and tampered with; a pinned golden trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/config/value.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kTinyInt = "network=" SYSTOLE_SOURCE_DIR "/tests/fixtures/tiny_int";

TEST(Traces, OfReferenceAndDesignCompareEqual) {
  const WholeRun digits = run({});
  const Finished compare = run_systole({"compare", digits.golden(), digits.rtl()});
  EXPECT_EQ(compare.exit_code, 0) << compare.out << compare.err;
  EXPECT_THAT(compare.out, HasSubstr("MATCH: 13,260 elements compared"));
}

TEST(Traces, OfARunOfOneOpLackTheOtherOps) {
  const WholeRun digits = run({}, {"--op", "block2.*"});
  const Finished compare = run_systole({"compare", digits.golden(), digits.rtl()});
  EXPECT_EQ(compare.exit_code, 1);
  EXPECT_THAT(compare.out, HasSubstr("MISMATCH"));
}

TEST(Traces, OfOtherInputsDiffer) {
  EXPECT_EQ(compare(run({}).golden(), run({}, {"--input", "random"}).rtl()), 1);
}

TEST(Traces, AreRefusedWhenAByteHasChanged) {
  const WholeRun digits = run({}, {"--op", "conv1"});
  const fs::path file = digits.rtl() / "tensors.safetensors";
  std::string bytes = read_text(file);
  bytes.back() ^= 1;
  write_text(file, bytes);
  const Finished compare = run_systole({"compare", digits.golden(), digits.rtl()});
  EXPECT_EQ(compare.exit_code, 2);
  EXPECT_THAT(compare.err, HasSubstr("tensors.safetensors: "));
  EXPECT_THAT(compare.err, HasSubstr("the file was changed after recording"));
}

TEST(Traces, DifferWhereTheirHashesAreForgedToo) {
  const WholeRun a = run({kTinyInt}), b = run({kTinyInt}, {"--input", "random"});
  fs::copy_file(b.golden() / "tensors.safetensors", a.rtl() / "tensors.safetensors",
                fs::copy_options::overwrite_existing);
  fs::copy_file(b.golden() / "trace.json", a.rtl() / "trace.json",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(compare(a.golden(), a.rtl()), 1);
}

// Reviewed like code: integers have one result, on every machine and for ever. What this prints on
// a difference is the new content of the file.
TEST(PinnedTrace, OfATinyIntegerNetworkIsReproduced) {
  const TempDirectory out;
  ASSERT_EQ(run_systole({"golden", kConfig, "--set", kTinyInt, "--count", "8", "-o", out.path()})
                .exit_code,
            0);
  const auto trace = nlohmann::json::parse(read_text(out / "golden/trace.json"));
  std::map<std::string, std::string> hashes;
  std::string text;
  for (const auto& tensor : trace["tensors"]) {
    hashes[tensor["name"]] = tensor["sha256"];
    text += tensor["name"].get<std::string>() + ": " + tensor["sha256"].get<std::string>() + "\n";
  }
  const Value file = load_yaml(SYSTOLE_SOURCE_DIR "/tests/cosim/pinned/tiny_int.yaml");
  std::map<std::string, std::string> pinned;
  for (const std::string& name : file.keys()) pinned[name] = file.get(name).as_string();
  EXPECT_EQ(hashes, pinned) << text;
}

}  // namespace
}  // namespace systole::test
