// console.cpp: the hooks of Verilator's runtime (VL_PRINTF, VL_USER_STOP, _FINISH, _FATAL).
#include "sim/dut/adapter/console.h"

#include <cstdarg>
#include <cstdio>

namespace systole::dut {
namespace {

constexpr std::size_t kMostText = 16 * 1024;

thread_local Console* current = nullptr;

void append(const std::string& text) {
  if (current && current->text.size() < kMostText) current->text += text;
}

void fail(abi::Stop stop, const char* what, const char* file, int line) {
  if (!current) return;
  if (!current->failed) {
    current->stop = stop;
    current->file = file ? file : "";
    current->line = line;
  }
  current->failed = true;
  append(std::string(what) + " at " + (file ? file : "") + ":" + std::to_string(line) + "\n");
}

}  // namespace

ConsoleScope::ConsoleScope(Console& console) : outer_(current) { current = &console; }

ConsoleScope::~ConsoleScope() { current = outer_; }

}  // namespace systole::dut

int systole_dut_print(const char* format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  systole::dut::append(text);
  return length;
}

// Declared by verilated_funcs.h, which this file does without so that one object serves all
// designs.
void vl_stop(const char* file, int line, const char*) {
  systole::dut::fail(systole::abi::Stop::kAssertion, "stopped", file, line);
}

void vl_finish(const char* file, int line, const char*) {
  systole::dut::fail(systole::abi::Stop::kFinish, "$finish called", file, line);
}

void vl_fatal(const char* file, int line, const char*, const char* message) {
  systole::dut::append(std::string("%Error: ") + message + "\n");
  systole::dut::fail(systole::abi::Stop::kSimulator, "aborted", file, line);
  throw systole::dut::DesignAborted{};
}
