// process.cpp: fork and exec with redirected output.
#include "tests/support/process.h"

#include <fcntl.h>
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

Finished run_process(const std::vector<std::string>& command,
                     const std::filesystem::path& directory) {
  const TempDirectory output;
  const pid_t child = ::fork();
  if (child == 0) {
    redirect(0, "/dev/null", O_RDONLY);
    redirect(1, output / "out", O_WRONLY | O_CREAT);
    redirect(2, output / "err", O_WRONLY | O_CREAT);
    if (!directory.empty() && ::chdir(directory.c_str()) != 0) _exit(127);
    std::vector<char*> arguments;
    for (const std::string& argument : command)
      arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return {};
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_text(output / "out"), read_text(output / "err")};
}

Finished run_systole(std::vector<std::string> arguments, const std::filesystem::path& directory) {
  arguments.insert(arguments.begin(),
                   {"env", "SYSTOLE_CACHE=" SYSTOLE_TEST_CACHE, SYSTOLE_PROGRAM});
  return run_process(arguments, directory);
}

TempDirectory::TempDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "systole-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) std::abort();
  path_ = name;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace systole::test
