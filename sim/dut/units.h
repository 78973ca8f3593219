// units.h: how a design's C++ is divided into compile units.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/dut/recipe.h"

namespace systole::dut {

struct Unit {
  std::filesystem::path source;
  std::string level;  ///< "-O3".
};

/// Writes units that include Verilator's sources in `folder` and the adapter, the slowest first.
/// Few and large ones: in a small unit most of the time goes into the same headers.
std::vector<Unit> write_units(const Recipe& recipe, const std::filesystem::path& folder);

}  // namespace systole::dut
