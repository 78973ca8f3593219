// compile.h: C++ to a shared object: the Verilated design, its adapter, Verilator's runtime.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/dut/process.h"
#include "sim/dut/recipe.h"

namespace systole::dut {

/// The compiler with all flags but the level; `folder` holds Verilator's C++.
std::vector<std::string> compiler_command(const Recipe& recipe,
                                          const std::filesystem::path& folder);

/// Makes `object` from what verilate() wrote to `folder`. Takes the runtime from `cache`, or makes
/// it and puts it there. Throws SimulationError with the compiler's messages, and `log` as
/// verilate().
void compile(const Recipe& recipe, const std::filesystem::path& cache,
             const std::filesystem::path& folder, const std::filesystem::path& object,
             const std::filesystem::path& log, const Poll& poll);

}  // namespace systole::dut
