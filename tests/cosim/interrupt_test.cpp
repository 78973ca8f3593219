// interrupt_test.cpp: Ctrl-C at every stage, and runs that want the same design at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <thread>

#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

/// Whether `condition` came true while `process` ran.
bool wait_until(Process& process, const std::function<bool()>& condition) {
  while (process.running()) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

/// Files below `folder`; 0 when it does not exist.
std::int64_t count_files(const fs::path& folder) {
  std::int64_t count = 0;
  std::error_code ignored;
  for (auto entry = fs::recursive_directory_iterator(folder, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored))
    count += entry->is_regular_file(ignored);
  return count;
}

/// Whether a file of this name stands somewhere below `folder`.
bool has_file(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  for (auto entry = fs::recursive_directory_iterator(folder, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored))
    if (entry->path().filename() == name) return true;
  return false;
}

TEST(Interrupt, WhileSimulatingKeepsWhatIsDone) {
  run({}, {"--op", "conv1"});  // The design is in the cache from here on.
  const TempDirectory out;
  Process process(systole_command(run_arguments(out.path(), {"inputs.count=64"})));
  ASSERT_TRUE(wait_until(process, [&] { return fs::exists(out / "golden/trace.json"); }));
  process.signal(SIGINT);
  const Finished finished = process.wait();

  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.out, HasSubstr("INCOMPLETE"));
  const json verdict = json::parse(read_text(out / "verdict.json"));
  EXPECT_EQ(verdict["verdict"], "incomplete");
  EXPECT_EQ(verdict["mismatched"], 0);
  EXPECT_EQ(verdict["ops"].back()["state"], "skipped");
}

/// A file whose appearance tells that the build has reached a stage.
class InterruptedBuild : public testing::TestWithParam<const char*> {};

TEST_P(InterruptedBuild, LeavesNoEntryAndNoVerdict) {
  const TempDirectory out, cache;
  write_text(out / "verdict.json", R"({"verdict": "match"})");  // Of an earlier run.
  Process process(systole_command(run_arguments(out.path(), {}), cache.path()));
  ASSERT_TRUE(wait_until(process, [&] { return has_file(cache / "tmp", GetParam()); }));
  process.signal(SIGINT);
  const Finished finished = process.wait();

  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_EQ(finished.err, "systole: error: interrupted\n");
  EXPECT_FALSE(fs::exists(out / "verdict.json"));
  EXPECT_EQ(count_files(cache / "entries"), 0);
  EXPECT_EQ(count_files(cache / "manifests"), 0);
  EXPECT_EQ(count_files(cache / "tmp"), 0);
}

INSTANTIATE_TEST_SUITE_P(While, InterruptedBuild, testing::Values("verilator.log", "entry"),
                         [](const auto& file) {
                           return file.param == std::string("entry") ? "Compiling" : "Verilating";
                         });

TEST(Cache, ServesTwoRunsThatWantTheSameNewDesignAtOnce) {
  const TempDirectory first, second, cache;
  const auto start = [&](const TempDirectory& out) {
    return std::make_unique<Process>(
        systole_command(run_arguments(out.path(), {}, {"--op", "conv1"}), cache.path()));
  };
  const auto one = start(first), other = start(second);
  for (Process* process : {one.get(), other.get()}) {
    const Finished finished = process->wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  }
  const json a = json::parse(read_text(first / "verdict.json"))["dut"];
  const json b = json::parse(read_text(second / "verdict.json"))["dut"];
  EXPECT_EQ(a["key"], b["key"]);
  EXPECT_NE(a["cached"], b["cached"]) << "built twice, or never";
}

}  // namespace
}  // namespace systole::test
