// coverage.h: which lines of a design were executed, and which bits of its signals changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sim/coverage/dat.h"

namespace systole {

struct Tally {
  std::int64_t covered = 0;
  std::int64_t total = 0;

  double percent() const {
    return total ? 100.0 * static_cast<double>(covered) / static_cast<double>(total) : 0.0;
  }
  Tally& operator+=(const Tally& more);
  bool operator==(const Tally&) const = default;
};

/// A module in one file, over all of its instances and sizes.
struct ModuleCoverage {
  std::string name;
  std::string file;  ///< As Verilator was given it: relative to the RTL folder, or absolute.
  /// By line: how often it was executed; of several statements on a line, the least.
  std::map<std::int64_t, std::uint64_t> lines;
  /// By line of declaration and bit ("valid_i[3]"): how often it changed.
  std::map<std::int64_t, std::map<std::string, std::uint64_t>> toggles;

  Tally line_tally() const;
  Tally toggle_tally() const;
};

struct Coverage {
  CoverageCounts counts;
  std::vector<ModuleCoverage> modules;  ///< By file and name.
  std::vector<std::string> unread;      ///< Files that gave nothing, and why, a sentence each.

  Tally lines() const;
  Tally toggles() const;
};

/// Instances of a module add up, also those of other parameters, which Verilator calls
/// `module__...`. Points of other kinds, or without file and line, count as nothing.
Coverage summarise(CoverageCounts counts);

/// Sums over Verilator's coverage files of one design. A file that is missing or damaged, as of a
/// process that died, is in `unread`.
Coverage merge_coverage(const std::vector<std::filesystem::path>& files);

}  // namespace systole
