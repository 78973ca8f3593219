// console.h: what a design prints, and how it stops, kept instead of written to stdout and exit().
#pragma once

#include <string>

#include "sim/dut/abi.h"

namespace systole::dut {

/// The console of one design.
struct Console {
  std::string text;     ///< What the design printed; its beginning when that was a lot.
  bool failed = false;  ///< $fatal, $stop, $finish, an assertion, or an error of the simulator.
  abi::Stop stop = abi::Stop::kNone;  ///< The first reason.
  std::string file;                   ///< Its place.
  int line = 0;
};

/// Thrown through the design's code where Verilator's runtime must not return.
struct DesignAborted {};

/// Makes `console` the one that this thread's design writes to. Verilator's hooks name no design,
/// so that the thread must know it.
class ConsoleScope {
 public:
  explicit ConsoleScope(Console& console);
  ~ConsoleScope();
  ConsoleScope(const ConsoleScope&) = delete;
  ConsoleScope& operator=(const ConsoleScope&) = delete;

 private:
  Console* outer_;
};

}  // namespace systole::dut

/// What VL_PRINTF is defined as.
int systole_dut_print(const char* format, ...) __attribute__((format(printf, 1, 2)));
