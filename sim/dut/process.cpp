// process.cpp: fork, exec and wait, by process group.
#include "sim/dut/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "sim/dut/error.h"

namespace systole::dut {
namespace {

constexpr int kNotFound = 127;

/// In the child, where only async-signal-safe calls are allowed.
[[noreturn]] void become(char* const* arguments, const char* folder, const char* log,
                         pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // A killed parent takes its compilers along.
  if (::getppid() != parent) ::_exit(kNotFound);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int input = ::open("/dev/null", O_RDONLY);
  const int output = ::open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (input < 0 || output < 0 || ::chdir(folder) != 0) ::_exit(kNotFound);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(kNotFound);
}

/// The children of one run_commands(); the destructor kills those that are left.
class Children {
 public:
  ~Children() {
    for (const Child& child : running_) {
      ::kill(-child.pid, SIGKILL);
      ::kill(child.pid, SIGKILL);  // Before it made its group.
      while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  std::size_t count() const { return running_.size(); }

  void start(const Command& command, std::size_t index) {
    std::vector<char*> arguments;
    for (const std::string& argument : command.arguments) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
      throw SimulationError(
          fmt::format("{} cannot start: {}", command.arguments[0], std::strerror(errno)));
    }
    if (pid == 0) become(arguments.data(), command.folder.c_str(), command.log.c_str(), parent);
    ::setpgid(pid, pid);  // Whoever is first.
    running_.push_back({pid, index});
  }

  /// Removes those that ended; returns the index of one that failed, else `none`.
  std::size_t reap(std::size_t none) {
    std::size_t failed = none;
    for (std::size_t i = 0; i < running_.size();) {
      int status = 0;
      const pid_t pid = ::waitpid(running_[i].pid, &status, WNOHANG);
      if (pid == 0 || (pid < 0 && errno == EINTR)) {
        ++i;
        continue;
      }
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) failed = running_[i].index;
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return failed;
  }

 private:
  struct Child {
    pid_t pid;
    std::size_t index;
  };
  std::vector<Child> running_;
};

}  // namespace

std::size_t run_commands(std::span<const Command> commands, unsigned most, const Poll& poll) {
  Children children;
  std::size_t next = 0;
  std::size_t failed = commands.size();
  while (failed == commands.size()) {
    while (next < commands.size() && children.count() < most) {
      children.start(commands[next], next);
      ++next;
    }
    if (children.count() == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (poll) poll();
    failed = children.reap(commands.size());
  }
  return failed;
}

std::string first_line_of(const std::vector<std::string>& arguments,
                          const std::filesystem::path& scratch) {
  const Command command{arguments, scratch, scratch / "first_line.txt"};
  if (run_commands({&command, 1}, 1, {}) != 1) return "";
  std::ifstream in(command.log);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace systole::dut
