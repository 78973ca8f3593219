// process.cpp: fork and exec with redirected output.
#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace systole::test {
namespace {

void redirect(int descriptor, const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& directory)
    : output_(std::make_unique<TempDirectory>()), child_(::fork()) {
  if (child_ != 0) return;
  redirect(0, "/dev/null", O_RDONLY);
  redirect(1, *output_ / "out", O_WRONLY | O_CREAT);
  redirect(2, *output_ / "err", O_WRONLY | O_CREAT);
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) _exit(127);
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  _exit(127);
}

Process::~Process() {
  if (child_ <= 0) return;
  signal(SIGKILL);
  wait();
}

bool Process::running() {
  if (child_ > 0 && ::waitpid(child_, &status_, WNOHANG) == child_) child_ = 0;
  return child_ > 0;
}

void Process::signal(int number) {
  if (child_ > 0) ::kill(child_, number);
}

Finished Process::wait() {
  if (child_ < 0 || (child_ > 0 && ::waitpid(child_, &status_, 0) != child_)) return {};
  child_ = 0;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read_text(*output_ / "out"), read_text(*output_ / "err")};
}

Finished run_process(const std::vector<std::string>& command,
                     const std::filesystem::path& directory) {
  return Process(command, directory).wait();
}

std::vector<std::string> systole_command(std::vector<std::string> arguments,
                                         const std::filesystem::path& cache) {
  const std::string folder = cache.empty() ? SYSTOLE_TEST_CACHE : cache.string();
  arguments.insert(arguments.begin(), {"env", "SYSTOLE_CACHE=" + folder, SYSTOLE_PROGRAM});
  return arguments;
}

Finished run_systole(std::vector<std::string> arguments, const std::filesystem::path& directory) {
  return run_process(systole_command(std::move(arguments)), directory);
}

}  // namespace systole::test
