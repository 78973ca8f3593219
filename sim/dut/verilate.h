// verilate.h: SystemVerilog to C++: runs Verilator and tells what it read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/dut/process.h"
#include "sim/dut/recipe.h"

namespace systole::dut {

/// Writes C++ to `folder`, and returns the files that Verilator and the adapter read, by their
/// FileNames. Throws SimulationError with Verilator's messages; `log` then holds all of its output.
std::vector<std::string> verilate(const Recipe& recipe, const std::filesystem::path& folder,
                                  const std::filesystem::path& log, const Poll& poll);

}  // namespace systole::dut
