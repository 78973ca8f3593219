// lower.h: turns a network in another tool's arithmetic into the one that the hardware computes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/lower/meaning.h"
#include "model/lower/options.h"
#include "model/lower/peaks.h"
#include "model/network/network.h"

namespace systole {

/// An op that keeps the tool's arithmetic, or that the design has no unit for, and why.
struct KeptOp {
  std::string op;
  std::string reason;
};

/// What the conversion of one op's real scales to integers cost.
struct LoweredScale {
  std::string op;
  double largest_error = 0;  ///< Relative, over channels and both operands.
};

struct Lowered {
  IntNetwork network;
  std::map<std::string, Meaning> meanings;  ///< By lowered op; ops without have no counterpart.
  std::vector<KeptOp> kept;                 ///< In order.
  std::vector<LoweredScale> scales;         ///< One per requantisation, in order.
};

/// Lowers `faithful` (README.md beside this file says what becomes of each op). `peaks` come from
/// `measure_peaks`; they are needed where reals become a stream of integers. The result has passed
/// `check_network`. Throws InputError naming the op that cannot be converted and why.
Lowered lower(const IntNetwork& faithful, const LowerOptions& options, const Peaks& peaks);

/// Whether the array does not take the operands of some product of `network` as they are: codes
/// that it is too narrow for (two passes do it), or zero points of two activations.
bool has_unfit_products(const IntNetwork& network);

/// Whether `network` has one, or an op in another tool's arithmetic that `lower` turns into
/// hardware arithmetic.
bool needs_lowering(const IntNetwork& network);

}  // namespace systole
