// whole_run.cpp: command lines and verdict files.
#include "tests/cosim/whole_run.h"

#include <gtest/gtest.h>

namespace systole::test {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::string> run_arguments(const fs::path& out,
                                       const std::vector<std::string>& settings,
                                       const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"run", kConfig, "-o", out, "--fresh"};
  std::vector<std::string> all = {"inputs.count=1",        "evaluation.count=1",
                                  "dut.optimize=O0",       "dut.parameters.Rows=4",
                                  "dut.parameters.Cols=4", "explain.files=false"};
  all.insert(all.end(), settings.begin(), settings.end());
  for (const std::string& setting : all) arguments.insert(arguments.end(), {"--set", setting});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

WholeRun run(const std::vector<std::string>& settings, const std::vector<std::string>& options) {
  WholeRun run;
  run.directory = std::make_unique<TempDirectory>();
  run.finished = run_systole(run_arguments(run.directory->path(), settings, options));
  const fs::path file = *run.directory / "verdict.json";
  if (fs::exists(file)) run.verdict = json::parse(read_text(file));
  return run;
}

void expect_match(const WholeRun& run, const std::vector<std::string>& host) {
  ASSERT_EQ(run.finished.exit_code, 0) << run.finished.out << run.finished.err;
  EXPECT_EQ(run.finished.err, "");
  EXPECT_EQ(run.verdict["verdict"], "match");
  EXPECT_EQ(run.verdict["mismatched"], 0);
  std::int64_t compared = 0;
  std::vector<std::string> on_host;
  for (const json& op : run.verdict["ops"]) {
    compared += op["compared"].get<std::int64_t>();
    if (op["engine"] == "host") {
      on_host.push_back(op["name"]);
      EXPECT_EQ(op["compared"], 0) << op;
      continue;
    }
    std::int64_t elements = 1;
    for (const json& extent : op["shape"]) elements *= extent.get<std::int64_t>();
    EXPECT_EQ(op["state"], "match") << op;
    EXPECT_EQ(op["compared"], elements) << op;
    EXPECT_EQ(op["mismatched"], 0) << op;
  }
  EXPECT_EQ(on_host, host);
  EXPECT_GT(compared, 0);
  EXPECT_EQ(run.verdict["compared"], compared);
}

std::map<std::string, std::int64_t> cycles(const WholeRun& run) {
  std::map<std::string, std::int64_t> cycles;
  for (const json& op : run.verdict["ops"])
    if (op["cycles"] != 0) cycles[op["name"]] = op["cycles"];
  return cycles;
}

int compare(const fs::path& expected, const fs::path& got) {
  return run_systole({"compare", expected, got}).exit_code;
}

json row(const WholeRun& run, const std::string& op) {
  for (const json& row : run.verdict["ops"])
    if (row["name"] == op) return row;
  ADD_FAILURE() << "the verdict has no op " << op;
  return json::object();
}

}  // namespace systole::test
