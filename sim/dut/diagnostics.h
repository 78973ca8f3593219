// diagnostics.h: the lines of a tool's log that say what is wrong.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "model/config/error.h"
#include "sim/dut/config.h"

namespace systole::dut {

/// Verilator's `%Error: file.sv:line:col: message` lines, their relative paths below `dir`.
std::string verilator_errors(const std::string& log, const std::filesystem::path& dir);

/// What the configuration asks for and the design lacks, by Verilator's log: its top module or a
/// parameter. Nothing when the log says no such thing.
std::optional<InputError> configuration_error(const std::string& log, const DutConfig& config);

/// A line about the room that is left in `folder` when there is hardly any: tools that cannot write
/// often fail without a word. Else empty.
std::string room_note(const std::filesystem::path& folder);

/// The compiler's and linker's `file:line:col: error: message` lines.
std::string compiler_errors(const std::string& log);

}  // namespace systole::dut
