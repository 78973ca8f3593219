// bench_baseline.h: the figures of a benchmark against those of an earlier one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace systole {

inline constexpr const char* kBenchFormat = "systole-bench";
inline constexpr int kBenchVersion = 1;

/// One figure that both have. `ratio` is above 1 where it became better, whatever its direction.
struct FigureComparison {
  std::string figure;  ///< "32x32 bare MAC/s".
  double baseline = 0.0;
  double now = 0.0;
  double ratio = 0.0;
};

struct Baseline {
  std::string file;
  nlohmann::ordered_json json;  ///< What `systole bench --json` printed.
};

struct BaselineReport {
  std::vector<FigureComparison> figures;  ///< All that both have, in the order of now.
  std::vector<std::string> notes;         ///< Machine and tools that differ, "compiler: A, was B".
};

/// Throws InputError when `file` is no benchmark's JSON of this version.
Baseline read_baseline(const std::string& file);

/// Throws InputError when the baseline is damaged or has no figure in common with `now`.
BaselineReport compare_with(const Baseline& baseline, const nlohmann::ordered_json& now);

/// Those that are worse by more than the fraction `tolerance`: 0.1 is 10 %.
std::vector<FigureComparison> worse(const std::vector<FigureComparison>& figures, double tolerance);

}  // namespace systole
