// lane_changes.h: which single change of a mul_quant's equation gives what the design computed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/ops/mul_quant.h"

namespace systole {

/// One element as the lanes see it.
struct LaneSample {
  std::int32_t acc = 0;  ///< What the design's own array gave, or the code that streams.
  std::int32_t residual = 0;
  std::int64_t channel = 0;
  std::int32_t expected = 0;  ///< By the equation.
  std::int32_t got = 0;
  std::int64_t row = 0;  ///< Of the output.
};

/// A change that gives all or most differing elements of a set of samples.
struct LaneChange {
  std::string stage;             ///< multiply, bias, residual, round, zero_point or clamp.
  std::string kind;              ///< "ties rounded up".
  std::int64_t unexplained = 0;  ///< Differing samples that it does not give: at most 30 %.
  /// Samples in which the design is right, but would be wrong with this change: the fault is then
  /// there under some condition only.
  std::int64_t contradicted = 0;
};

/// The changes of the equation of `op` (model/README.md) that leave the fewest differing `samples`
/// unexplained, and of those the ones with the fewest contradicted samples; more than one where
/// they cannot be told apart. Empty when no single change
/// explains 70 % of them without spoiling as many right ones, or none differs.
std::vector<LaneChange> find_lane_changes(std::span<const LaneSample> samples, const MulQuant& op);

/// How many single changes there are to try.
std::size_t count_lane_changes();

}  // namespace systole
