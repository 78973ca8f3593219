// child.h: a program that runs beside this one, with all that it starts.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace systole::regress {

/// Runs `arguments` (a path first) in a process group of its own, which dies with this process. Its
/// standard input is empty; what it prints goes to the file `log`. The destructor kills the group.
class Child {
 public:
  /// Throws InputError when no process can be started or `log` cannot be written.
  Child(const std::vector<std::string>& arguments, const std::string& log);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// Exit status, or 128 + the signal that ended it; nothing while it runs. Does not wait.
  std::optional<int> status();
  /// Asks it to stop; once it has not for some seconds, kills it. To be called until `status` has
  /// one.
  void stop();
  double seconds() const;  ///< Since its start.

 private:
  using Clock = std::chrono::steady_clock;
  pid_t pid_ = 0;
  Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> asked_;
  std::optional<int> status_;
};

}  // namespace systole::regress
