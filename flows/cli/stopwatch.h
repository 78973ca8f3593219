// stopwatch.h: wall-clock seconds of one step after the other.
#pragma once

#include <chrono>

namespace systole {

class Stopwatch {
 public:
  /// Seconds since the last lap, or since it was made.
  double lap() {
    const double passed = seconds();
    last_ = Clock::now();
    return passed;
  }
  /// The same without starting a new lap.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - last_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

}  // namespace systole
