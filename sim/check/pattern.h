// pattern.h: which elements of an output differ, in words and as maps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/check/verdict.h"

namespace systole {

/// A differing element of an output [m x channels].
struct DifferingElement {
  std::int64_t flat = 0;
  ElementPlace place;
};

/// The differing elements of an output; `differing` in the order of their numbers.
struct Differences {
  std::int64_t m = 0;
  std::int64_t channels = 0;
  std::int64_t array_columns = 0;
  std::vector<DifferingElement> differing;
};

/// The narrowest true statement about where they are: one element, one channel, one or some columns
/// of the array, one output tile, one row of the tiles, every n-th row or channel, all. "no regular
/// pattern" where none is true. `place` must be that of the design's whole output.
std::string describe_pattern(const Differences& differences);

/// The column of the array that all differing elements share.
std::optional<std::int64_t> common_column(const Differences& differences);

/// Sums of differing elements over cells; at most `most` of them along each axis.
HeatMap heat_map(const Differences& differences, std::int64_t most = 64);

/// Differing elements per column of the array.
std::vector<std::int64_t> count_by_column(const Differences& differences);

}  // namespace systole
