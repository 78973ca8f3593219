// program.cpp: other programs that a subcommand runs.
#include "flows/cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "flows/cli/interrupt.h"
#include "model/config/error.h"

namespace systole {

namespace fs = std::filesystem;

Scratch::Scratch() {
  std::string name = (fs::temp_directory_path() / "systole.XXXXXX").string();
  if (!mkdtemp(name.data()))
    throw InputError({.where = name,
                      .got = "a directory that cannot be written",
                      .expected = "room for temporary files",
                      .hint = "set TMPDIR to another one"});
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string python_of(const std::string& environment) {
  if (const char* own = std::getenv("SYSTOLE_PYTHON"); own && *own) return own;
  return (fs::path(SYSTOLE_SOURCE_ROOT) / "build" / environment / "bin/python").string();
}

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

Usage run(const std::vector<std::string>& arguments, const posix_spawn_file_actions_t* actions,
          const std::string& purpose, const std::string& hint) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, argv[0], actions, nullptr, argv.data(), environ) != 0)
    throw InputError(
        {.where = arguments[0], .got = "no program that runs", .expected = purpose, .hint = hint});
  int status = 0;
  rusage used = {};
  while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
  }
  if (interrupted()) throw Interrupted{};
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime),
          .peak_bytes = 1024 * static_cast<std::uint64_t>(used.ru_maxrss)};
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const std::string& purpose,
                const std::string& hint) {
  return run(arguments, nullptr, purpose, hint).status;
}

Usage run_measured(const std::vector<std::string>& arguments, const std::string& out,
                   const std::string& purpose, const std::string& hint) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const Usage usage = run(arguments, &actions, purpose, hint);
  posix_spawn_file_actions_destroy(&actions);
  return usage;
}

}  // namespace systole
