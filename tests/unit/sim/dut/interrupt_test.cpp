// interrupt_test.cpp: builds that are broken off, and builds side by side.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "sim/dut/builder.h"
#include "sim/dut/cache.h"
#include "sim/dut/process.h"
#include "tests/unit/sim/dut/fixture.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

struct Interrupted {};

/// Runs `body` in a child process; its result is the exit status.
template <class Body>
pid_t in_child(Body&& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  return pid;
}

int status_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

TEST_F(BuildTest, AnInterruptedBuildLeavesNothing) {
  for (const std::string_view when : {"verilating", "compiling"}) {
    SCOPED_TRACE(when);
    int calls = 0;
    const auto interrupt = [&](std::string_view step) {
      if (step == when && ++calls == 3) throw Interrupted{};
    };
    EXPECT_THROW(build_dut(config_, interrupt), Interrupted);
    EXPECT_EQ(entries(), 0u);
    EXPECT_EQ(leftovers(), 0u);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a program is left";
  }
  EXPECT_FALSE(build_dut(config_).cached);
}

/// How many processes have `text` in their command line.
int processes_with(const std::string& text) {
  int count = 0;
  for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
    std::ifstream in(process.path() / "cmdline");
    const std::string line((std::istreambuf_iterator<char>(in)), {});
    count += line.find(text) != std::string::npos;
  }
  return count;
}

TEST_F(BuildTest, AKilledBuildLeavesNothingUsable) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = in_child([&] {
    build_dut(config_, [&](std::string_view step) {
      if (step == "compiling" && ::write(ready[1], "x", 1) != 1) ::_exit(1);
    });
    return 0;
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(status_of(child)));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(processes_with(cache_.string()), 0) << "a compiler goes on";
  EXPECT_EQ(entries(), 0u);
  EXPECT_EQ(leftovers(), 1u);

  EXPECT_FALSE(build_dut(config_).cached);
  EXPECT_EQ(entries(), 1u);
  prune_cache(1u << 30);
  EXPECT_EQ(leftovers(), 0u);
  EXPECT_TRUE(build_dut(config_).cached);
}

TEST_F(BuildTest, TwoProcessesBuildOnce) {
  const auto build = [&] { return build_dut(config_).cached ? 1 : 0; };
  const pid_t first = in_child(build);
  const pid_t second = in_child(build);
  const int statuses[2] = {status_of(first), status_of(second)};
  EXPECT_TRUE(WIFEXITED(statuses[0]) && WIFEXITED(statuses[1]));
  EXPECT_EQ(WEXITSTATUS(statuses[0]) + WEXITSTATUS(statuses[1]), 1) << "one of them found it";
  EXPECT_EQ(entries(), 1u);
}

TEST(RunCommands, ReportsTheOneThatFailedAndStopsTheOthers) {
  const fs::path folder = fs::temp_directory_path();
  const fs::path log = "/dev/null";
  const dut::Command commands[] = {{{"/bin/sleep", "100"}, folder, log},
                                   {{"/bin/false"}, folder, log},
                                   {{"/bin/true"}, folder, log}};
  EXPECT_EQ(dut::run_commands(commands, 3, {}), 1u);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a program is left";
  EXPECT_EQ(dut::run_commands({commands + 2, 1}, 1, {}), 1u) << "all succeeded";
  const dut::Command missing = {{"/nowhere/program"}, folder, log};
  EXPECT_EQ(dut::run_commands({&missing, 1}, 1, {}), 0u);
}

}  // namespace
}  // namespace systole
