// process.h: runs a program as a user would and catches what it prints.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace systole::test {

struct Finished {
  int exit_code = -1;  ///< 128 + signal when one ended it; -1 when it could not start.
  std::string out;
  std::string err;
};

/// A program that runs beside the test, started as `run_process` does.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command,
                   const std::filesystem::path& directory = {});
  ~Process();  ///< Kills it when nobody has waited for it.
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running();
  void signal(int number);
  Finished wait();

 private:
  std::unique_ptr<TempDirectory> output_;
  pid_t child_;
  int status_ = 0;
};

/// Runs `command` in `directory` (empty: the current one) without a shell, standard input empty.
Finished run_process(const std::vector<std::string>& command,
                     const std::filesystem::path& directory = {});

/// The command line of the built `systole` with these arguments; `cache` (empty: the tests' own)
/// holds its builds.
std::vector<std::string> systole_command(std::vector<std::string> arguments,
                                         const std::filesystem::path& cache = {});

/// Runs the built `systole` with these arguments in `directory`; the build cache is the tests' own.
Finished run_systole(std::vector<std::string> arguments,
                     const std::filesystem::path& directory = {});

}  // namespace systole::test
