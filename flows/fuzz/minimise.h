// minimise.h: a failing case with as little in it as still fails.
#pragma once

#include <functional>

#include "flows/fuzz/fuzz_case.h"

namespace systole {

/// Whether a case still fails as the first one did. Only legal cases are asked about.
using CaseFails = std::function<bool(const FuzzCase&)>;

struct MinimisedCase {
  FuzzCase smallest;
  int trials = 0;  ///< Calls of the predicate.
};

/// Of `failing`, which is known to fail: without stalls, with fewer ops, each op as matrices where
/// it still fails that way (sim/check/shrink.h makes those smaller), else with a smaller image,
/// window and fewer channels. At most `most_trials` calls of `fails`.
MinimisedCase minimise(const FuzzCase& failing, const CaseFails& fails, int most_trials = 600);

}  // namespace systole
