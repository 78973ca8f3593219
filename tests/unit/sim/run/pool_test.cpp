// pool_test.cpp: tasks reach workers, records come back, and no end of a worker goes unseen.
#include "sim/run/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>
#include <thread>

#include "model/config/error.h"
#include "sim/dut/error.h"
#include "sim/run/shared_integers.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What the hooks of a pool saw.
struct Seen {
  std::map<std::size_t, std::string> records;  ///< By task, one behind the other.
  std::vector<Death> deaths;
  PoolUse use;
};

std::vector<std::size_t> tasks(std::size_t count) {
  std::vector<std::size_t> tasks(count);
  std::iota(tasks.begin(), tasks.end(), std::size_t{0});
  return tasks;
}

void nap(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

class PoolTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a worker is left"; }

  Seen run(
      std::size_t count, int workers, const DoTask& do_task,
      const std::function<bool()>& keep_going = [] { return true; }) {
    Seen seen;
    const PoolHooks hooks = {
        [&](std::size_t task, std::string_view record) { seen.records[task] += record; },
        [&](const Death& death) { seen.deaths.push_back(death); }, keep_going};
    seen.use = run_pool(
        tasks(count), {workers, logs()}, [&] { return do_task; }, hooks);
    return seen;
  }

  std::filesystem::path logs() const { return directory_ / "logs"; }

  const test::TempDirectory directory_;
};

TEST_F(PoolTest, DoesEveryTaskOnceWhateverTheNumberOfWorkers) {
  for (const int workers : {1, 2, 3, 8, 50}) {
    SCOPED_TRACE(workers);
    const Seen seen = run(
        20, workers, [](std::size_t task, const SendRecord& send) { send(std::to_string(task)); });
    ASSERT_EQ(seen.records.size(), 20u);
    for (const auto& [task, record] : seen.records) EXPECT_EQ(record, std::to_string(task));
    EXPECT_TRUE(seen.deaths.empty());
    EXPECT_EQ(seen.use.workers, std::min(workers, 20));
  }
}

TEST_F(PoolTest, OfNoTasksStartsNobody) {
  EXPECT_EQ(run(0, 4, [](std::size_t, const SendRecord&) {}).use.workers, 0);
}

TEST_F(PoolTest, HearsAllThatAWorkerSaidBeforeItDiedWithATaskUnread) {
  std::string heard;
  std::size_t deaths = 0;
  const auto die = [](std::size_t task, const SendRecord& send) {
    for (const char* word : {"a", "b", "c", "d"}) send(word);
    if (task == 0) ::raise(SIGKILL);
  };
  const auto hear = [&](std::size_t task, std::string_view record) {
    if (task == 0 && heard.empty()) nap(200);  // It is dead before the next word is read.
    if (task == 0) heard += record;
  };
  run_pool(tasks(4), {1, logs()}, [&] { return die; },
           {hear, [&](const Death&) { ++deaths; }, [] { return true; }});
  EXPECT_EQ(heard, "abcd");
  EXPECT_EQ(deaths, 1u);
}

TEST_F(PoolTest, HandsOutTasksInTheirOrder) {
  SharedIntegers started(7);
  SharedIntegers count(1);
  run(6, 1, [&](std::size_t task, const SendRecord&) {
    started.span()[static_cast<std::size_t>(count.span()[0]++)] = static_cast<int>(task);
  });
  EXPECT_THAT(started.span(), ElementsAre(0, 1, 2, 3, 4, 5, 0));
}

TEST_F(PoolTest, KeepsTheRecordsOfATaskApartAndInOrder) {
  const std::string large(kMostRecordBytes - 1, 'x');
  const Seen seen = run(2, 2, [&](std::size_t task, const SendRecord& send) {
    for (const char* record : {"a", "b", ""}) send(record);
    if (task == 1) send(large);
  });
  EXPECT_EQ(seen.records.at(0), "ab");
  EXPECT_EQ(seen.records.at(1), "ab" + large);
}

TEST_F(PoolTest, GivesTheIdleWorkerTheNextTask) {
  SharedIntegers pid(10);
  run(10, 2, [&](std::size_t task, const SendRecord&) {
    pid.span()[task] = ::getpid();
    nap(task == 0 ? 300 : 1);
  });
  // The first worker has task 1 at hand while task 0 runs; the other one does the rest.
  EXPECT_GE(std::count(pid.span().begin(), pid.span().end(), pid.span()[2]), 8);
}

TEST_F(PoolTest, ReportsAKilledWorkerAndGoesOnWithAnother) {
  const Seen seen = run(9, 2, [](std::size_t task, const SendRecord& send) {
    send("started");
    if (task == 3) ::raise(SIGKILL);
    send(", done");
  });
  ASSERT_EQ(seen.deaths.size(), 1u);
  EXPECT_EQ(seen.deaths[0].task, 3u);
  EXPECT_EQ(seen.deaths[0].how, "was killed by signal 9 (SIGKILL)");
  for (const auto& [task, record] : seen.records)
    EXPECT_EQ(record, task == 3 ? "started" : "started, done") << task;
  EXPECT_EQ(seen.records.size(), 9u);
}

TEST_F(PoolTest, OutlivesWorkersThatAllDie) {
  const Seen seen =
      run(5, 2, [](std::size_t task, const SendRecord&) { ::_exit(static_cast<int>(task)); });
  std::map<std::size_t, std::string> how;
  for (const Death& death : seen.deaths) how[death.task] = death.how;
  ASSERT_EQ(how.size(), 5u);
  EXPECT_EQ(how.at(0), "exited with status 0");  // In the middle of a task that is a failure too.
  EXPECT_EQ(how.at(4), "exited with status 4");
}

TEST_F(PoolTest, KeepsWhatAWorkerPrintedInItsLog) {
  const Seen seen = run(1, 1, [](std::size_t, const SendRecord&) {
    std::fputs("about to fail\n", stderr);
    throw std::runtime_error("out of ideas");
  });
  ASSERT_EQ(seen.deaths.size(), 1u);
  EXPECT_EQ(seen.deaths[0].log, logs() / "1.log");
  EXPECT_EQ(seen.deaths[0].how, "exited with status 1");
  const std::string log = test::read_text(logs() / "1.log");
  EXPECT_THAT(log, HasSubstr("about to fail\n"));
  EXPECT_THAT(log, HasSubstr("out of ideas\n"));
}

TEST_F(PoolTest, RemovesTheLogsOfEarlierPools) {
  run(3, 3, [](std::size_t, const SendRecord&) {});
  run(1, 1, [](std::size_t, const SendRecord&) {});
  EXPECT_TRUE(std::filesystem::exists(logs() / "1.log"));
  EXPECT_FALSE(std::filesystem::exists(logs() / "3.log"));
}

TEST_F(PoolTest, KillsItsWorkersWhenToldToStop) {
  int asked = 0;
  const auto start = std::chrono::steady_clock::now();
  const Seen seen = run(
      4, 2,
      [](std::size_t task, const SendRecord& send) {
        send("x");
        nap(task == 0 ? 0 : 60'000);
      },
      [&] { return ++asked < 5; });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_TRUE(seen.records.contains(0));
  EXPECT_TRUE(seen.deaths.empty());
}

TEST_F(PoolTest, LeavesCtrlCToTheParent) {
  const Seen seen = run(1, 1, [](std::size_t, const SendRecord& send) {
    ::raise(SIGINT);
    send("alive");
  });
  EXPECT_EQ(seen.records.at(0), "alive");
}

TEST_F(PoolTest, PassesOnWhyAWorkerCannotStart) {
  const StartWorker start = []() -> DoTask { throw SimulationError("no design"); };
  const PoolHooks hooks = {[](std::size_t, std::string_view) {}, [](const Death&) {},
                           [] { return true; }};
  try {
    run_pool(tasks(3), {2, logs()}, start, hooks);
    FAIL();
  } catch (const SimulationError& error) {
    EXPECT_STREQ(error.what(), "no design");
  }
}

TEST_F(PoolTest, RefusesALogFolderThatIsAFile) {
  test::write_text(logs(), "");
  try {
    run(1, 1, [](std::size_t, const SendRecord&) {});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(logs().string()));
    EXPECT_THAT(error.what(), HasSubstr("expected a folder that can be written"));
  }
}

TEST_F(PoolTest, MeasuresTheLargestWorker) {
  constexpr std::size_t kBytes = 64'000'000;
  const PoolUse use = run(2, 2, [](std::size_t task, const SendRecord&) {
                        static std::vector<char> memory;
                        if (task == 1) memory.assign(kBytes, 1);
                      }).use;
  EXPECT_GE(use.own_bytes, kBytes);
  EXPECT_GE(use.peak_bytes, kBytes);
  EXPECT_LT(use.own_bytes, 3 * kBytes);
}

/// Nobody may be left to simulate for a parent that is gone.
TEST_F(PoolTest, DiesWithItsParent) {
  SharedIntegers worker(1);
  const pid_t parent = ::fork();
  if (parent == 0) {
    run(1, 1, [&](std::size_t, const SendRecord&) {
      worker.span()[0] = ::getpid();
      nap(60'000);
    });
    ::_exit(0);
  }
  const auto pid = [&] { return *const_cast<volatile std::int32_t*>(worker.span().data()); };
  for (int i = 0; i < 1000 && pid() == 0; ++i) nap(10);
  ASSERT_GT(pid(), 0);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  const std::string stat = "/proc/" + std::to_string(pid()) + "/stat";
  const auto is_alive = [&] {  // A zombie is dead, even where nobody reaps it.
    const std::string text = std::filesystem::exists(stat) ? test::read_text(stat) : "";
    return !text.empty() && text.find(") Z ") == std::string::npos;
  };
  for (int i = 0; i < 500 && is_alive(); ++i) nap(10);
  EXPECT_FALSE(is_alive());
}

}  // namespace
}  // namespace systole
