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

}  // namespace systole::test
