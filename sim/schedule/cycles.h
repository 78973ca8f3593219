// cycles.h: how many cycles the core takes for a schedule, and what it loses them to.
#pragma once

#include <array>
#include <cstdint>

#include "sim/schedule/schedule.h"

namespace systole {

/// Cycles of the core for a schedule without stalls, from its first tick to its last expected
/// output beat. The causes count PE cycles (a cycle of the array is rows * cols of them), so that
/// they are integers whose sum is exactly `total * rows * cols`.
struct Cycles {
  std::int64_t total = 0;  ///< Cycles, not PE cycles.

  std::int64_t useful = 0;  ///< Multiply-accumulates of the op; of a stream, lanes with a value.
  std::int64_t ragged = 0;  ///< PEs beyond the edges of K and N while a row is in them.
  std::int64_t block_diagonal = 0;  ///< Zeros between the groups of a pack.
  std::int64_t weight_load = 0;     ///< No row is issued: the next weight tile is on its way.
  std::int64_t parameter_load = 0;  ///< No row is issued: lane parameters are on their way.
  std::int64_t fill_drain = 0;      ///< First row to first output, and the last ones out.

  std::int64_t causes() const {
    return useful + ragged + block_diagonal + weight_load + parameter_load + fill_drain;
  }

  static constexpr std::size_t kCauses = 6;
  /// The causes in the order above in cycles of the array, rounded so that they add up to `total`.
  std::array<std::int64_t, kCauses> by_cause(const Geometry& geometry) const;

  Cycles& operator+=(const Cycles& other);
  bool operator==(const Cycles&) const = default;
};

/// The cycle model of rtl/README.md, pass by pass. Of a schedule with a pass.
std::int64_t total_cycles(const Schedule& schedule);
Cycles predict(const Layout& layout, const Schedule& schedule);

}  // namespace systole
