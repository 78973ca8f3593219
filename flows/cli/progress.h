// progress.h: one status line on a terminal, nothing in a pipe.
#pragma once

#include <string>

namespace systole {

/// Rewrites a line of stderr while a long step runs; silent when stderr is not a terminal.
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text);
  void clear();

 private:
  bool enabled_;
  std::string shown_;
};

/// Whether stdout is a terminal that may be coloured (NO_COLOR is honoured).
bool colour_wanted();

}  // namespace systole
