// verilate.h: SystemVerilog to C++: runs Verilator and tells what it read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/dut/process.h"
#include "sim/dut/recipe.h"

namespace systole::dut {

/// Paths of the sources in the text of Verilator's list of files (`*__verFiles.dat`), without
/// Verilator itself: of lines `S size inode times... "path"`, which newer versions write with a
/// digest, also in quotes, before the path.
std::vector<std::filesystem::path> listed_sources(const std::string& list);

/// Writes C++ to `folder`, and returns the files that Verilator and the adapter read, by their
/// FileNames. Throws SimulationError with Verilator's messages; `log` then holds all of its output.
std::vector<std::string> verilate(const Recipe& recipe, const std::filesystem::path& folder,
                                  const std::filesystem::path& log, const Poll& poll);

}  // namespace systole::dut
