// describe.h: cases and changes as sentences, the same on the terminal, in JUnit and on the page.
#pragma once

#include <string>
#include <vector>

#include "flows/regress/baseline.h"
#include "flows/regress/result.h"

namespace systole::regress {

/// Why a case is not a match: its message, then a line per op that differs or failed. Empty of a
/// match.
std::vector<std::string> describe(const CaseResult& one);

/// "conv1: 12 of 1,536 elements differ; first at [0, 0, 1, 3]: expected 5, got 6".
std::string describe(const OpVerdict& op);

/// What an explanation concluded: "column 3 of the array; stage multiply; PE row 2, column 3".
std::string describe(const Explanation& explanation);

/// "PE row 2, column 3"; empty where neither is known.
std::string place_of(const Explanation& explanation);

/// "case: op: 100 -> 120 cycles (+20.0 %)".
std::string describe(const CycleChange& change);

std::string signed_percent(double percent);  ///< "+1.5 %", "0 %".

/// "cached" where earlier runs have found the verdicts of all of the design's ops, "2 of 5 ops
/// cached" where of some, else empty.
std::string cached_text(const CaseResult& one);

/// "8x8", or empty where the design did not build.
std::string array_of(const CaseResult& one);

}  // namespace systole::regress
