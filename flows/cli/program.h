// program.h: other programs that a subcommand runs, and the files that it passes to them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace systole {

/// A directory of its own beside the system's temporary files, removed at the end.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// The interpreter of the Python environment build/`environment`, which flows/setup makes;
/// SYSTOLE_PYTHON names another one.
std::string python_of(const std::string& environment);

/// Runs a program, found as a shell finds it, to its end and returns its exit status, or 128 + the
/// signal that ended it; its messages go to our stderr. Where it cannot start: InputError, which
/// says that `purpose` was expected and gives `hint`.
int run_program(const std::vector<std::string>& arguments, const std::string& purpose,
                const std::string& hint);

/// How a program ended, and what it and the programs that it ran used.
struct Usage {
  int status = 0;                ///< As `run_program` returns it.
  double cpu_seconds = 0.0;      ///< Of all of them, user and system.
  std::uint64_t peak_bytes = 0;  ///< Largest resident set of one of them.
};

/// The same with its standard output in the file `out`.
Usage run_measured(const std::vector<std::string>& arguments, const std::string& out,
                   const std::string& purpose, const std::string& hint);

}  // namespace systole
