// dat.h: Verilator's coverage files: how often each point of a design was passed.
//
// After the line "# SystemC::Coverage-3" a line per point: C 'TEXT' COUNT. TEXT is a list of
// fields, \001 KEY \002 VALUE each: f file, l line, n column, page kind/module (v_line, v_branch,
// v_toggle), o what it counts (block, if, a signal's bit), S the lines of a block ("3-4,7"),
// h the instance.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace systole {

/// By point: the text between its quotes.
using CoverageCounts = std::map<std::string, std::uint64_t, std::less<>>;

/// Throws std::runtime_error, which says what is wrong and in which line.
CoverageCounts parse_dat(std::string_view dat);
/// The inverse; points in alphabetical order.
std::string to_dat(const CoverageCounts& counts);

/// Adds counts point by point.
void add(const CoverageCounts& more, CoverageCounts& sum);

}  // namespace systole
