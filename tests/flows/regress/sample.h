// sample.h: regressions written by hand, for the tests of what is made of them.
#pragma once

#include <string>

#include "flows/regress/history.h"
#include "flows/regress/results_json.h"

namespace systole::test {

using namespace regress;

/// A matching op of 100 elements.
OpVerdict sample_op(const std::string& name, std::uint64_t cycles);

/// A case of two matching ops, of 1,000 and 0 cycles, on a 4x4 array.
CaseResult sample_case(const std::string& name);

/// `one` with an op `quant` whose elements of column 3 differ, explained.
void plant_mismatch(CaseResult& one);
/// `one` with an op that an assertion stopped.
void plant_assertion(CaseResult& one);

/// A regression of these cases that took 12.5 s.
RegressionReport sample_report(std::vector<CaseResult> cases);

/// One case of every state.
RegressionReport every_state();

/// What the hostile regression has for a text.
inline constexpr const char* kHostile = "</script><b>\"&'\x1b[31m\xff \xc3\xa4";
/// The same with hostile bytes in every text that a program or a file gave.
RegressionReport hostile();

/// "warm" is all by earlier runs, "half" one op of its two, "cold" none: 300 of 600 elements.
RegressionReport partly_cached();

/// Its page, where it is the first run.
std::string page(const RegressionReport& report);

std::size_t count_of(const std::string& text, const std::string& part);

}  // namespace systole::test
