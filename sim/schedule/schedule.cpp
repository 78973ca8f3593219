// schedule.cpp: the tile loops.
#include "sim/schedule/schedule.h"

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

/// The command fields that do not depend on the tile.
CommandBeat common_fields(const Layout& layout) {
  CommandBeat command = {};
  command.stream = layout.stream;
  command.maximum = layout.maximum;
  if (layout.lanes) layout.lanes->set(command);
  return command;
}

/// Appends `last`, a tile's last pass, as one pass per row: each row is another token's, and loads
/// its own parameters. Weights stay after the first.
void add_tokens(Schedule& schedule, const Pass& last) {
  Pass pass = last;
  pass.command.rows = 1;
  pass.command.new_params = true;
  for (std::uint16_t row = 0; row < last.command.rows; ++row) {
    pass.command.first_row = row;
    pass.m0 = last.m0 + row;
    schedule.passes.push_back(pass);
    pass.command.new_weights = false;
  }
}

/// Appends the passes of one output tile: its K tiles, or the taps of a stream.
void add_tile(Schedule& schedule, const Layout& layout, Pass pass, std::int64_t rows) {
  const std::int64_t step = layout.stream ? 1 : layout.geometry.rows;
  const std::int64_t depth = layout.stream ? layout.taps() : layout.packs[pass.pack].depth;
  const bool keeps_weights = depth == step && pass.m0 > 0;
  pass.command.rows = static_cast<std::uint16_t>(rows);
  for (pass.k0 = 0; pass.k0 < depth; pass.k0 += step) {
    const bool last = pass.k0 + step == depth;
    pass.command.first = pass.k0 == 0;
    pass.command.last = last;
    pass.command.new_weights = !layout.stream && !keeps_weights;
    pass.command.new_params = last && pass.m0 == 0 && layout.geometry.has_lanes;
    pass.command.residual = last && layout.has_residual();
    if (last && layout.has_tokens())
      add_tokens(schedule, pass);
    else
      schedule.passes.push_back(pass);
  }
  if (layout.geometry.has_lanes) schedule.output_beats += static_cast<std::uint64_t>(rows);
  schedule.tap_beats += static_cast<std::uint64_t>(rows);
}

/// The design answers with all its rows, also where the tile has less.
Schedule output_stationary_schedule(const Layout& layout) {
  const std::int64_t rows = layout.geometry.rows;
  Schedule schedule;
  schedule.geometry = layout.geometry;
  Pass pass;
  for (pass.pack = 0; pass.pack < layout.packs.size(); ++pass.pack) {
    pass.depth = layout.packs[pass.pack].depth;
    for (pass.n0 = 0; pass.n0 < layout.packs[pass.pack].channels; pass.n0 += layout.geometry.cols)
      for (pass.m0 = 0; pass.m0 < layout.region.rows; pass.m0 += rows) {
        pass.command.rows =
            static_cast<std::uint16_t>(std::min(rows, layout.region.rows - pass.m0));
        schedule.passes.push_back(pass);
        schedule.tap_beats += static_cast<std::uint64_t>(rows);
        ++pass.tile;
      }
  }
  return schedule;
}

}  // namespace

Schedule make_schedule(const Layout& layout) {
  if (layout.output_stationary()) return output_stationary_schedule(layout);
  Schedule schedule;
  schedule.geometry = layout.geometry;
  const std::int64_t rows = layout.region.rows;
  const std::int64_t chunks = (rows + layout.geometry.acc_depth - 1) / layout.geometry.acc_depth;
  Pass pass;
  pass.command = common_fields(layout);
  for (pass.pack = 0; pass.pack < layout.packs.size(); ++pass.pack)
    for (pass.n0 = 0; pass.n0 < layout.packs[pass.pack].channels; pass.n0 += layout.geometry.cols)
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        pass.m0 = rows * chunk / chunks;
        add_tile(schedule, layout, pass, rows * (chunk + 1) / chunks - pass.m0);
        ++pass.tile;
      }
  return schedule;
}

Place locate(std::int64_t flat, const Layout& layout, const Schedule& schedule) {
  const std::int64_t m = layout.order.row(flat) - layout.region.m;
  const std::int64_t channel = layout.order.channel(flat);
  for (const Pass& pass : schedule.passes) {
    const PackShape& pack = layout.packs[pass.pack];
    const std::int64_t column = channel - pack.first_channel - pass.n0;
    const std::int64_t row = m - pass.m0;  // Of the pass.
    if (column >= 0 && column < schedule.geometry.cols && row >= 0 && row < pass.command.rows &&
        channel < pack.first_channel + pack.channels)
      return {pass.tile, pass.command.first_row + row, column};
  }
  assert(false && "an element outside every tile");
  return {};
}

}  // namespace systole
