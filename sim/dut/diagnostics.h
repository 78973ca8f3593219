// diagnostics.h: the lines of a tool's log that say what is wrong.
#pragma once

#include <filesystem>
#include <string>

namespace systole::dut {

/// Verilator's `%Error: file.sv:line:col: message` lines, their relative paths below `dir`.
std::string verilator_errors(const std::string& log, const std::filesystem::path& dir);

/// The compiler's and linker's `file:line:col: error: message` lines.
std::string compiler_errors(const std::string& log);

}  // namespace systole::dut
