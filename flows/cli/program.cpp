// program.cpp: other programs that a subcommand runs.
#include "flows/cli/program.h"

#include <spawn.h>
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

int run_program(const std::vector<std::string>& arguments, const std::string& purpose,
                const std::string& hint) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0)
    throw InputError(
        {.where = arguments[0], .got = "no program that runs", .expected = purpose, .hint = hint});
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (interrupted()) throw Interrupted{};
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace systole
