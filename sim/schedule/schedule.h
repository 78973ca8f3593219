// schedule.h: the tiles of a job's region as a sequence of passes of the array.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/channel/beats.h"
#include "sim/schedule/layout.h"

namespace systole {

/// One command and the tile that it works on. Offsets are within the region and the pack. The
/// tile's first row is `m0 - command.first_row`.
struct Pass {
  CommandBeat command;
  std::uint32_t pack = 0;
  std::uint32_t tile = 0;  ///< Number of the output tile that the pass contributes to.
  std::int64_t m0 = 0;
  std::int64_t k0 = 0;  ///< Of a stream: the tap.
  std::int64_t n0 = 0;
  std::int64_t depth = 0;  ///< Of an output-stationary pass: all of K.
};

/// Passes in execution order: packs, then column tiles, then equal chunks of at most `acc_depth`
/// rows, then K tiles. Weights stay when the pass before used the same tile; parameters load once
/// per column tile. Where the lanes' constants differ from token to token, the last K tile of a
/// chunk is one pass per row, each with parameters of its own. Output stationary: one pass per
/// output tile, whose command tells its rows alone.
struct Schedule {
  Geometry geometry;
  std::vector<Pass> passes;
  std::uint64_t output_beats = 0;
  std::uint64_t tap_beats = 0;
};

Schedule make_schedule(const Layout& layout);

/// Where an element of the op's output comes from.
struct Place {
  std::uint32_t tile = 0;
  std::int64_t row = 0;     ///< Of the tile: of its accumulators.
  std::int64_t column = 0;  ///< Of the array, so the lane too.
};

/// The place of element `flat` of the op's whole output, which the region holds.
Place locate(std::int64_t flat, const Layout& layout, const Schedule& schedule);

}  // namespace systole
