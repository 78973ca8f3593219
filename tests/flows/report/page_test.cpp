// page_test.cpp: `systole quantize --html` as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kConfig = SYSTOLE_SOURCE_ROOT "/configs/digits.yaml";

TEST(QuantizePage, ShowsEveryQuantisedTensorAndIsTheSameOnEveryRun) {
  const TempDirectory out;
  for (const char* name : {"a", "b"}) {
    const Finished made =
        run_systole({"quantize", kConfig, "--count", "4", "--html", "-o", out.path(name)});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("quantize.html"));
  }
  const std::string page = read_text(out / "a/quantize.html");
  EXPECT_EQ(page, read_text(out / "b/quantize.html"));
  const auto histograms = nlohmann::json::parse(read_text(out / "a/histograms.json"));
  EXPECT_EQ(histograms["network"], "digits");
  EXPECT_GT(histograms["tensors"].size(), 10);
  for (const auto& tensor : histograms["tensors"]) {
    std::int64_t total = 0;
    for (const auto& count : tensor["counts"]) total += count.get<std::int64_t>();
    EXPECT_EQ(tensor["elements"], total) << tensor["name"];
    const std::string label =
        tensor["kind"].get<std::string>() + " " + tensor["name"].get<std::string>() + ": ";
    EXPECT_THAT(page, HasSubstr("aria-label=\"" + label));
  }
}

TEST(QuantizePage, IsNotMadeUnlessAsked) {
  const TempDirectory out;
  ASSERT_EQ(run_systole({"quantize", kConfig, "--count", "1", "-o", out.path()}).exit_code, 0);
  EXPECT_FALSE(fs::exists(out / "histograms.json"));
  EXPECT_FALSE(fs::exists(out / "quantize.html"));
}

Finished run_with_python(const std::string& python, const std::string& results) {
  std::vector<std::string> command = {"env", "SYSTOLE_PYTHON=" + python};
  for (const std::string& word : systole_command({"quantize", kConfig, "--html", "-o", results}))
    command.push_back(word);
  return run_process(command);
}

TEST(QuantizePage, NamesTheCommandThatMakesItsEnvironmentBeforeAnyWork) {
  const TempDirectory out;
  const Finished refused = run_with_python(out.path("no-python"), out.path("results"));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("flows/setup --report makes it"));
  EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
  EXPECT_FALSE(fs::exists(out / "results"));
}

TEST(QuantizePage, NamesTheModuleThatAnotherPythonLacks) {
  const TempDirectory out;
  out.write("python", "#!/bin/sh\nexec /usr/bin/python3 -S \"$@\"\n");
  fs::permissions(out.path("python"), fs::perms::owner_all);
  const Finished refused = run_with_python(out.path("python"), out.path("results"));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("got no module matplotlib"));
  EXPECT_THAT(refused.err, Not(HasSubstr("Traceback")));
}

}  // namespace
}  // namespace systole::test
