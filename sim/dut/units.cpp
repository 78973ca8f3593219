// units.cpp: hot and cold sources by Verilator's names.
#include "sim/dut/units.h"

#include <algorithm>
#include <cstdint>
#include <fstream>

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

// Measured: below the first size one unit is as fast as two processors; above the second, units
// of Verilator's own size are.
constexpr std::uintmax_t kSmall = 200 * 1024;
constexpr std::uintmax_t kLarge = 4 * 1024 * 1024;

struct Sources {
  std::vector<fs::path> paths;
  std::uintmax_t bytes = 0;

  void add(const fs::directory_entry& file) {
    paths.push_back(file.path());
    bytes += file.file_size();
  }
};

Unit write_unit(const fs::path& path, const std::vector<fs::path>& sources,
                const std::string& level) {
  std::ofstream unit(path);
  for (const fs::path& source : sources) unit << "#include \"" << source.string() << "\"\n";
  return {path, level};
}

}  // namespace

std::vector<Unit> write_units(const Recipe& recipe, const fs::path& folder) {
  Sources hot;   // Runs in every cycle.
  Sources cold;  // Set-up, and what is printed.
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("Vdut") || file.path().extension() != ".cpp") continue;
    // What writes waveforms runs in the cycles of a window only.
    const bool is_cold = name.find("__Slow") != std::string::npos || name == "Vdut__Syms.cpp" ||
                         name.starts_with("Vdut__Trace__");
    (is_cold ? cold : hot).add(file);
  }
  std::sort(hot.paths.begin(), hot.paths.end());
  std::sort(cold.paths.begin(), cold.paths.end());

  if (hot.bytes + cold.bytes < kSmall) {
    std::vector<fs::path> all = hot.paths;
    all.insert(all.end(), cold.paths.begin(), cold.paths.end());
    all.push_back(recipe.adapter);
    return {write_unit(folder / "unit_all.cpp", all, recipe.hot)};
  }
  std::vector<Unit> units;
  const auto add = [&](const Sources& sources, const char* name, const std::string& level) {
    if (sources.bytes > kLarge) {
      for (const fs::path& source : sources.paths) units.push_back({source, level});
    } else {
      units.push_back(write_unit(folder / name, sources.paths, level));
    }
  };
  add(hot, "unit_hot.cpp", recipe.hot);
  add(cold, "unit_cold.cpp", recipe.cold);
  units.push_back(write_unit(folder / "unit_adapter.cpp", {recipe.adapter}, recipe.hot));
  return units;
}

}  // namespace systole::dut
