// progress.cpp: carriage returns and erase-line.
#include "flows/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace systole {

Progress::Progress() : enabled_(isatty(STDERR_FILENO) == 1) {}

void Progress::show(const std::string& text) {
  if (!enabled_ || text == shown_) return;
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
  shown_ = text;
}

void Progress::clear() {
  if (enabled_ && !shown_.empty()) fmt::print(stderr, "\r\x1b[K");
  shown_.clear();
}

bool colour_wanted() { return isatty(STDOUT_FILENO) == 1 && !std::getenv("NO_COLOR"); }

}  // namespace systole
