// child.cpp: fork, exec, and signals to the group.
#include "flows/regress/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "model/config/error.h"

namespace systole::regress {
namespace {

constexpr int kCannotStart = 127;
constexpr std::chrono::seconds kGrace(5);

/// In the child, where only async-signal-safe calls are allowed.
[[noreturn]] void become(char* const* arguments, int output, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotStart);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(kCannotStart);
}

InputError cannot(const std::string& where) {
  return InputError({.where = where,
                     .got = std::strerror(errno),
                     .expected = "a program that starts and a file for what it prints",
                     .hint = "are there too many jobs, or is the disk full?"});
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (output < 0) throw cannot(log);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(argv.data(), output, parent);
  const int error = errno;
  ::close(output);
  errno = error;
  if (pid_ < 0) throw cannot(arguments[0]);
  ::setpgid(pid_, pid_);  // Whoever is first.
}

Child::~Child() {
  if (status_) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> Child::status() {
  if (status_) return status_;
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // What it left behind.
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return status_;
}

void Child::stop() {
  if (status_) return;
  if (!asked_) {
    asked_ = Clock::now();
    ::kill(-pid_, SIGINT);
  } else if (Clock::now() - *asked_ > kGrace) {
    ::kill(-pid_, SIGKILL);
  }
}

double Child::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace systole::regress
