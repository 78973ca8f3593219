// regress_test.cpp: `systole regress` as a user meets it: resumed, compared, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const std::string kTwelve = SYSTOLE_SOURCE_DIR "/tests/flows/regress/twelve.yaml";

std::vector<std::string> arguments(const fs::path& out, const std::vector<std::string>& more = {}) {
  std::vector<std::string> all = {"regress", kTwelve, "-o", out};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

json results(const TempDirectory& out) { return json::parse(read_text(out / "results.json")); }

/// When each finished case was written, by folder.
std::map<std::string, fs::file_time_type> finished(const TempDirectory& out) {
  std::map<std::string, fs::file_time_type> times;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(out / "cases", ignored))
    if (fs::exists(entry.path() / "case.json"))
      times[entry.path().filename()] = fs::last_write_time(entry.path() / "case.json");
  return times;
}

/// Waits until at least `count` cases have ended while `process` runs.
bool wait_for_cases(Process& process, const TempDirectory& out, std::size_t count) {
  while (process.running()) {
    if (finished(out).size() >= count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

/// Processes whose command line names `text`.
std::size_t count_processes(const std::string& text) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string line = read_text(entry.path() / "cmdline");
    count += line.find(text) != std::string::npos;
  }
  return count;
}

TEST(Regress, GoesOnAfterKill9WithoutRedoingWhatIsFinished) {
  const TempDirectory out;
  Process process(systole_command(arguments(out.path(), {"--jobs", "2"})));
  ASSERT_TRUE(wait_for_cases(process, out, 4));
  process.signal(SIGKILL);
  EXPECT_EQ(process.wait().exit_code, 128 + SIGKILL);
  for (int i = 0; i < 200 && count_processes(out.path()) > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(count_processes(out.path()), 0) << "its cases went on without it";
  EXPECT_FALSE(fs::exists(out / "results.json"));
  const auto before = finished(out);
  ASSERT_GE(before.size(), 4);
  ASSERT_LT(before.size(), 12);

  const Finished resumed = run_systole(arguments(out.path(), {"--resume"}));
  EXPECT_EQ(resumed.exit_code, 0) << resumed.out << resumed.err;
  const auto after = finished(out);
  EXPECT_EQ(after.size(), 12);
  for (const auto& [name, time] : before) EXPECT_EQ(after.at(name), time) << name << " was redone";
  std::size_t taken_over = 0;
  const json all = results(out);
  for (const json& one : all["cases"]) {
    EXPECT_EQ(one["state"], "match") << one["name"];
    EXPECT_GT(one["compared"], 0) << one["name"];
    taken_over += one["taken_over"].get<bool>();
  }
  EXPECT_EQ(taken_over, before.size());
}

TEST(Regress, KeepsWhatIsFinishedAtCtrlC) {
  const TempDirectory out;
  Process process(systole_command(arguments(out.path(), {"--jobs", "1"})));
  ASSERT_TRUE(wait_for_cases(process, out, 1));
  process.signal(SIGINT);
  const Finished stopped = process.wait();
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.out, HasSubstr("INTERRUPTED  12 cases"));
  EXPECT_EQ(count_processes(out.path()), 0);
  EXPECT_FALSE(fs::exists(out / "history.json"));
  const json all = results(out);
  EXPECT_EQ(all["counts"]["match"], finished(out).size());
  EXPECT_EQ(all["cases"].size(), 12);
}

TEST(Regress, ATreeAgainstItselfHasTheSameBitsAndCycles) {
  const TempDirectory out;
  const std::string rtl = SYSTOLE_SOURCE_DIR "/rtl";
  const Finished finished = run_systole(
      arguments(out.path(), {"--match", "digits.4x4.plain", "--rtl", rtl, "--rtl", rtl}));
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  const json comparison = results(out)["comparison"];
  ASSERT_EQ(comparison.size(), 1);
  EXPECT_EQ(comparison[0]["differing"], 0);
  EXPECT_EQ(comparison[0]["cycles_a"], comparison[0]["cycles_b"]);
  EXPECT_GT(comparison[0]["cycles_a"], 0);
}

/// A copy of the RTL whose rounding lets ties go up instead of to the even neighbour.
std::string changed_rtl(const TempDirectory& folder) {
  const fs::path rtl = folder / "rtl";
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", rtl, fs::copy_options::recursive);
  std::string text = read_text(rtl / "mul_quant.sv");
  const std::string find = "(is_even & quotient[0])";
  const std::size_t place = text.find(find);
  EXPECT_NE(place, std::string::npos);
  write_text(rtl / "mul_quant.sv", text.replace(place, find.size(), "is_even"));
  return rtl;
}

TEST(Regress, TwoTreesAreComparedBitByBit) {
  const TempDirectory folder, out;
  // A suite of its own: only with one binary point does this sample have ties.
  const std::string suite = folder.write(
      "ties.yaml", "cases:\n  - name: ties\n    config: " SYSTOLE_SOURCE_DIR
                   "/configs/digits.yaml\n    set: [inputs.count=1, evaluation.count=1, "
                   "dut.optimize=O0, dut.parameters.Rows=4, dut.parameters.Cols=4, "
                   "quantize.scale_format=fixed, quantize.scale_frac_bits=8]\n");
  const Finished finished = run_systole({"regress", suite, "-o", out.path(), "--rtl",
                                         SYSTOLE_SOURCE_DIR "/rtl", "--rtl", changed_rtl(folder)});
  EXPECT_EQ(finished.exit_code, 1) << finished.out << finished.err;
  std::map<std::string, int> differing;
  const json all = results(out);
  for (const json& op : all["comparison"][0]["ops"])
    if (op.value("differing", 0) > 0) differing[op["name"]] = op["differing"];
  // Counted from the reference: tests/cosim/faults/round_ties_up.yaml.
  EXPECT_EQ(differing, (std::map<std::string, int>{
                           {"conv1.quant", 6}, {"block1.conv2.quant", 1}, {"pool.quant", 3}}));
  EXPECT_THAT(finished.out, HasSubstr("conv1.quant: 6 of 1,536 elements differ"));
}

TEST(Regress, FailsOnASlowDownAgainstItsBaseline) {
  const TempDirectory out;
  const std::vector<std::string> one = {"--match", "digits.4x4.plain"};
  ASSERT_EQ(run_systole(arguments(out.path(), one)).exit_code, 0);
  json earlier = results(out);
  for (json& op : earlier["cases"][0]["ops"])
    if (op["name"] == "logits") op["cycles"] = op["cycles"].get<int>() - 3;
  const std::string baseline = out.write("baseline.json", earlier.dump());
  const auto against = [&](const std::string& threshold) {
    return run_systole(arguments(out.path(), {"--match", "digits.4x4.plain", "--resume",
                                              "--baseline", baseline, "--threshold", threshold}));
  };
  const Finished slower = against("1");
  EXPECT_EQ(slower.exit_code, 1);
  EXPECT_THAT(slower.out,
              HasSubstr("slower: digits.4x4.plain: logits: 135 -> 138 cycles (+2.2 %)"));
  EXPECT_EQ(against("3").exit_code, 0);
  EXPECT_EQ(json::parse(read_text(out / "history.json"))["runs"].size(), 3);
}

TEST(Regress, TellsOldSimulationsFromNewOnes) {
  const auto cached = [](const std::vector<std::string>& more) {
    const TempDirectory out;
    std::vector<std::string> all = {"--match", "digits.4x4.plain"};
    all.insert(all.end(), more.begin(), more.end());
    const Finished finished = run_systole(arguments(out.path(), all));
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    const json read = results(out);
    EXPECT_GT(read["compared"], 0);
    return read["cached"] == read["compared"] ? "all" : read["cached"] == 0 ? "none" : "some";
  };
  EXPECT_STREQ(cached({"--fresh"}), "none");
  EXPECT_STREQ(cached({}), "all");
  EXPECT_STREQ(cached({"--fresh"}), "none");
}

TEST(Regress, RefusesWhatItCannotRun) {
  const TempDirectory out;
  const auto refusal = [&](const std::vector<std::string>& more) {
    const Finished finished = run_systole(arguments(out.path(), more));
    EXPECT_EQ(finished.exit_code, 2) << finished.out;
    return finished.err;
  };
  EXPECT_THAT(refusal({"--match", "nothing*"}), HasSubstr("got no case that passes"));
  EXPECT_THAT(refusal({"--tag", "slow"}), HasSubstr("got no case that passes"));
  EXPECT_THAT(refusal({"--rtl", "absent"}), HasSubstr("expected an existing folder"));
  EXPECT_THAT(refusal({"--rtl", "a", "--rtl", "b", "--rtl", "c"}), HasSubstr("got 3 trees"));
  EXPECT_THAT(refusal({"--rtl", "a", "--rtl", "b", "--baseline", "c"}),
              HasSubstr("one of the two"));
  EXPECT_THAT(refusal({"--baseline", out.path("absent.json")}), HasSubstr("no file"));
  EXPECT_THAT(refusal({"--jobs", "0"}), HasSubstr("--jobs"));
  EXPECT_TRUE(fs::is_empty(out.path())) << "something ran";
}

}  // namespace
}  // namespace systole::test
