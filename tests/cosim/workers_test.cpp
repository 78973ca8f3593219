// workers_test.cpp: runs over several processes: same results, deaths, interruptions, resumption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <thread>

#include "tests/cosim/bad_input.h"
#include "tests/cosim/bundles.h"
#include "tests/cosim/whole_run.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// The verdict without times, and without what differs between numbers of workers by its nature.
json without_times(json verdict) {
  verdict["dut"].erase("seconds");
  verdict["dut"].erase("cached");
  for (const char* key : {"seconds", "seconds_by_part", "workers"}) verdict.erase(key);
  for (const char* key : {"workers", "checkpoint"}) verdict["config"].erase(key);
  return verdict;
}

std::string tensors(const fs::path& out) { return read_text(out / "rtl/tensors.safetensors"); }

json verdict_in(const fs::path& out) { return json::parse(read_text(out / "verdict.json")); }

/// Results of `run` and of the run in `out` are the same bytes.
void expect_equal(const WholeRun& run, const fs::path& out) {
  const json first = without_times(run.verdict), second = without_times(verdict_in(out));
  EXPECT_TRUE(first == second) << json::diff(first, second);
  EXPECT_EQ(tensors(run.directory->path()), tensors(out));
  EXPECT_EQ(read_text(run.rtl() / "trace.json"), read_text(out / "rtl/trace.json"));
}

/// Whether `condition` came true while `process` ran.
bool wait_until(Process& process, const std::function<bool()>& condition) {
  while (process.running()) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

/// From a worker's log; 0 while it says nothing.
pid_t pid_in(const fs::path& log) {
  const std::string text = fs::exists(log) ? read_text(log) : "";
  return text.starts_with("process ") && text.ends_with('\n') ? std::stoi(text.substr(8)) : 0;
}

/// Rows of `state` in the verdict in `out`, as a run has left it so far.
std::int64_t count_rows(const fs::path& out, const std::string& state) {
  if (!fs::exists(out / "verdict.json")) return 0;
  const json verdict = verdict_in(out);
  return std::ranges::count_if(verdict["ops"],
                               [&](const json& op) { return op["state"] == state; });
}

bool is_alive(pid_t pid) {
  const fs::path stat = "/proc/" + std::to_string(pid) + "/stat";
  return fs::exists(stat) && read_text(stat).find(") Z ") == std::string::npos;
}

const std::vector<std::string> kStalls = {"bench.stall_rate=0.3"};

TEST(Workers, GiveTheSameBytesWhateverTheirNumber) {
  const WholeRun one = run(kStalls, {"--workers", "1"});
  EXPECT_EQ(one.verdict["verdict"], "match");
  for (const char* workers : {"2", "3", "8"}) {
    SCOPED_TRACE(workers);
    expect_equal(one, run(kStalls, {"--workers", workers}).directory->path());
  }
}

/// Copies the RTL to `directory` with one replacement.
void plant(const fs::path& directory, const std::string& file, const std::string& find,
           const std::string& replacement) {
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", directory, fs::copy_options::recursive);
  replace_once(directory / file, find, replacement);
}

TEST(Workers, FindTheSameDifferencesWhateverTheirNumber) {
  const TempDirectory directory;
  plant(directory / "rtl", "mul_quant.sv", "(is_even & quotient[0])", "is_even");
  const std::vector<std::string> settings = {"quantize.scale_format=fixed",
                                             "quantize.scale_frac_bits=8"};
  const WholeRun one = run(settings, {"--rtl", directory / "rtl", "--workers", "1"});
  EXPECT_EQ(one.finished.exit_code, 1);
  EXPECT_EQ(row(one, "conv1.quant")["stage"], "mul_quant");
  expect_equal(one,
               run(settings, {"--rtl", directory / "rtl", "--workers", "3"}).directory->path());
}

TEST(Workers, AreAsManyAsGivenButNeverMoreThanTasks) {
  EXPECT_EQ(run({}, {"--op", "conv1", "--workers", "4"}).verdict["workers"]["count"], 1);
  EXPECT_EQ(run({"workers=2"}).verdict["workers"]["count"], 2);
}

TEST(Workers, MemoryIsInTheVerdict) {
  const json workers = run({}, {"--op", "conv1"}).verdict["workers"];
  EXPECT_GT(workers["own_bytes"], 100'000);
  EXPECT_GT(workers["peak_bytes"], workers["own_bytes"]);
  EXPECT_LT(workers["peak_bytes"], 300'000'000);
  EXPECT_GT(workers["cpu_seconds"], 0.0);
}

/// A run that takes some seconds, even where a processor is all its own.
class LongRun : public testing::Test {
 protected:
  static constexpr const char* kCount = "inputs.count=4";

  std::vector<std::string> arguments(const std::vector<std::string>& options = {}) const {
    return run_arguments(out_.path(), {kCount, "checkpoint=0.1"}, options);
  }

  /// Starts a run whose first ops are finished, on disk, when this returns.
  std::unique_ptr<Process> start() {
    auto process = std::make_unique<Process>(systole_command(arguments()));
    EXPECT_TRUE(wait_until(*process, [&] { return count_rows(out_ / ".", "match") >= 2; }));
    return process;
  }

  /// Resumes; then all is as if nothing had happened.
  void expect_resumed() {
    const Finished resumed = run_systole(arguments({"--resume"}));
    EXPECT_EQ(resumed.exit_code, 0) << resumed.out << resumed.err;
    static const WholeRun uninterrupted = run({kCount});
    expect_equal(uninterrupted, out_.path());
  }

  const TempDirectory out_;
};

TEST_F(LongRun, LosesTheOpsOfAKilledWorkerOnlyUntilItIsResumed) {
  run({}, {"--op", "conv1"});  // The design is in the cache from here on.
  Process process(systole_command(arguments({"--workers", "2"})));
  ASSERT_TRUE(wait_until(process, [&] { return pid_in(out_ / "workers/2.log") > 0; }));
  ::kill(pid_in(out_ / "workers/2.log"), SIGKILL);
  const Finished finished = process.wait();

  EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
  const json verdict = verdict_in(out_.path());
  EXPECT_EQ(verdict["verdict"], "failed");
  EXPECT_GE(count_rows(out_.path(), "failed"), 1);
  EXPECT_GE(count_rows(out_.path(), "match"), 8);
  EXPECT_EQ(count_rows(out_.path(), "skipped"), 0);
  for (const json& op : verdict["ops"]) {
    if (op["state"] != "failed") continue;
    EXPECT_EQ(op["compared"], 0);
    EXPECT_EQ(op["failure"]["kind"], "crash");
    EXPECT_THAT(op["message"], StartsWith("worker 2 was killed by signal 9 (SIGKILL) while it "
                                          "simulated "));
    EXPECT_THAT(op["message"], HasSubstr("; see " + out_.path("workers/2.log")));
    EXPECT_THAT(finished.out, HasSubstr(op["message"].get<std::string>()));
  }
  expect_resumed();
}

TEST_F(LongRun, KeepsWhatIsFinishedAtCtrlCAndGoesOnWhenResumed) {
  const auto process = start();
  const pid_t worker = pid_in(out_ / "workers/1.log");
  process->signal(SIGINT);
  const Finished finished = process->wait();

  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.out, HasSubstr("INCOMPLETE"));
  EXPECT_EQ(verdict_in(out_.path())["verdict"], "incomplete");
  EXPECT_GE(count_rows(out_.path(), "match"), 2);
  EXPECT_GE(count_rows(out_.path(), "skipped"), 1);
  EXPECT_FALSE(is_alive(worker));
  expect_resumed();
}

TEST_F(LongRun, KeepsItsLastCheckpointWhenItIsKilled) {
  const auto process = start();
  const pid_t worker = pid_in(out_ / "workers/1.log");
  process->signal(SIGKILL);
  process->wait();

  for (int i = 0; i < 1000 && is_alive(worker); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(is_alive(worker));
  EXPECT_EQ(verdict_in(out_.path())["verdict"], "incomplete");
  expect_resumed();
}

TEST(Crash, OfTheDesignFailsItsOpsAlone) {
  const TempDirectory directory;
  plant(directory / "rtl", "sequencer.sv", "act_pop_q    <= issue;",
        "act_pop_q    <= issue; if (issue && pass_i.rows == 1) $c(\"__builtin_trap();\");");
  const WholeRun crashed = run({}, {"--rtl", directory / "rtl"});
  EXPECT_EQ(crashed.finished.exit_code, 3) << crashed.finished.out << crashed.finished.err;
  for (const char* op : {"logits", "logits.quant"}) {  // One row; others of its task fail with it.
    EXPECT_EQ(row(crashed, op)["state"], "failed");
    EXPECT_EQ(row(crashed, op)["compared"], 0);
    EXPECT_THAT(row(crashed, op)["message"], HasSubstr("was killed by signal 4 (SIGILL)"));
  }
  EXPECT_EQ(row(crashed, "block1.conv2")["state"], "match");
}

class Resume : public testing::Test {
 protected:
  Resume() { EXPECT_EQ(resume({}, {}, false).exit_code, 0); }

  Finished resume(const std::vector<std::string>& settings, std::vector<std::string> options = {},
                  bool again = true) const {
    if (again) options.push_back("--resume");
    return run_systole(run_arguments(out_.path(), settings, options));
  }

  void expect_refused(const std::vector<std::string>& words,
                      const std::vector<std::string>& settings = {},
                      const std::vector<std::string>& options = {}) const {
    test::expect_refused(resume(settings, options), words);
  }

  std::string verdict() const { return out_.path("verdict.json"); }

  const TempDirectory out_;
};

TEST_F(Resume, OfAFinishedRunChangesNothing) {
  const json before = without_times(verdict_in(out_.path()));
  EXPECT_EQ(resume({"workers=2", "checkpoint=5"}).exit_code, 0);
  EXPECT_EQ(without_times(verdict_in(out_.path())), before);
  EXPECT_EQ(verdict_in(out_.path())["workers"]["count"], 0);
}

TEST_F(Resume, RefusesADirectoryWithoutAVerdict) {
  fs::remove(verdict());
  expect_refused({verdict() + ": got no such file", "there is nothing to resume"});
}

TEST_F(Resume, RefusesADamagedVerdict) {
  const std::string whole = read_text(verdict());
  for (const std::string& text :
       {whole.substr(0, whole.size() / 2), std::string("{}"), std::string("[1]"), std::string()}) {
    write_text(verdict(), text);
    expect_refused({verdict(), "it is damaged: run without --resume"});
  }
}

TEST_F(Resume, RefusesOtherSettings) {
  expect_refused({verdict() + ": config.bench.seed: got '1', expected '2', as in this run"},
                 {"bench.seed=2"});
  expect_refused({"config.dut.parameters.AccDepth: got '1024', expected '32'"},
                 {"dut.parameters.AccDepth=32"});
  expect_refused({"op_pattern: got '', expected 'conv1'"}, {}, {"--op", "conv1"});
  EXPECT_TRUE(fs::exists(verdict()));
}

TEST_F(Resume, RefusesAnotherNetworkUnderTheSameName) {
  const TempDirectory directory;
  copy_digits(directory / "net");
  const std::vector<std::string> settings = {"network=" + directory.path("net")};
  ASSERT_EQ(resume(settings, {}, false).exit_code, 0);
  fs::remove_all(directory / "net");
  copy_digits_without_relu(directory / "net");
  expect_refused({"network.hash: got '"}, settings);
}

TEST_F(Resume, RefusesATraceThatIsNotWhole) {
  const std::string file = out_.path("rtl/tensors.safetensors");
  const std::string bytes = read_text(file);
  std::string changed = bytes;
  changed.back() ^= 1;
  write_text(file, changed);
  expect_refused({file, "the file was changed after recording"});
  write_text(file, bytes.substr(0, bytes.size() - 10));
  expect_refused({file});
  fs::remove_all(out_ / "rtl");
  expect_refused({out_.path("rtl")});
}

// The hashes fit, so only the golden tensors can tell.
TEST_F(Resume, RefusesATensorThatContradictsItsMatch) {
  const WholeRun other = run({}, {"--input", "random"});
  for (const char* name : {"trace.json", "tensors.safetensors"})
    fs::copy_file(other.rtl() / name, out_ / "rtl" / name, fs::copy_options::overwrite_existing);
  expect_refused({out_.path("rtl") + ": conv1: got a tensor, expected one that gives the verdict's "
                                     "row"});
}

TEST(BadWorkers, AreRefused) {
  expect_run_refused({}, {"--workers", "0"}, {"workers", "got 0", "[1, 256]"});
  expect_run_refused({}, {"--workers", "257"}, {"workers", "got 257", "[1, 256]"});
  expect_run_refused({}, {"--workers", "two"}, {"workers"});
}

TEST(BadWorkers, HaveNowhereToPrintTo) {
  const TempDirectory out;
  write_text(out / "workers", "");
  expect_refused(run_systole(run_arguments(out.path(), {})),
                 {out.path("workers") + ": got ", "expected a folder that can be written"});
}

}  // namespace
}  // namespace systole::test
