// error.h: the simulation itself failed: a design that does not build, load or run.
#pragma once

#include <stdexcept>

namespace systole {

/// Caught once in main, which prints it and exits with 3.
class SimulationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace systole
