// shrink.h: makes a failing case smaller for as long as it still fails.
#pragma once

#include <functional>

#include "sim/check/fewest.h"
#include "sim/check/matrix_case.h"

namespace systole {

/// Whether a case still shows what is looked for. Only legal cases are asked about.
using StillFails = std::function<bool(const MatrixCase&)>;

struct Shrunk {
  MatrixCase smallest;
  int trials = 0;  ///< Calls of the predicate.
};

/// The smallest form of `failing`, which is known to fail, that `most_trials` calls of `fails`
/// find: without lanes or residual, fewer rows, columns and steps of the sum, plainer constants,
/// values that are 0 or +-1.
Shrunk shrink(const MatrixCase& failing, const StillFails& fails, int most_trials = 500);

}  // namespace systole
