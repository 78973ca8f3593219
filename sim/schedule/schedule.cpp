// schedule.cpp: the tile loops.
#include "sim/schedule/schedule.h"

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

/// The command fields that do not depend on the tile.
CommandBeat common_fields(const Operands& operands) {
  CommandBeat command = {};
  command.stream = operands.stream;
  if (const MulQuant* quant = operands.quant) {
    command.rounding = static_cast<std::uint8_t>(quant->rounding);
    command.subtract_zp = quant->zero_point_form == ZeroPointForm::kSubtract;
    command.zero_point = quant->zero_point;
    command.lo = static_cast<std::int32_t>(quant->clamp.lo);
    command.hi = static_cast<std::int32_t>(quant->clamp.hi);
  }
  return command;
}

/// Appends the passes of one output tile.
void add_tile(Schedule& schedule, const Operands& operands, Pass pass, std::int64_t rows) {
  const Pack& pack = operands.packs[pass.pack];
  const std::int64_t depth = operands.stream ? 1 : pack.depth;
  const bool keeps_weights = depth <= schedule.geometry.rows && pass.m0 > 0;
  pass.command.rows = static_cast<std::uint16_t>(rows);
  for (pass.k0 = 0; pass.k0 < depth; pass.k0 += schedule.geometry.rows) {
    const bool last = pass.k0 + schedule.geometry.rows >= depth;
    pass.command.first = pass.k0 == 0;
    pass.command.last = last;
    pass.command.new_weights = !operands.stream && !keeps_weights;
    pass.command.new_params = last && pass.m0 == 0;
    pass.command.residual = last && operands.residual;
    schedule.passes.push_back(pass);
  }
  schedule.output_beats += static_cast<std::uint64_t>(rows);
  schedule.tap_beats += static_cast<std::uint64_t>(rows);
}

}  // namespace

Schedule make_schedule(const Operands& operands, const Geometry& geometry) {
  Schedule schedule;
  schedule.geometry = geometry;
  const std::int64_t most_rows = geometry.acc_depth;
  Pass pass;
  pass.command = common_fields(operands);
  for (pass.pack = 0; pass.pack < operands.packs.size(); ++pass.pack)
    for (pass.n0 = 0; pass.n0 < operands.packs[pass.pack].channels; pass.n0 += geometry.cols)
      for (pass.m0 = 0; pass.m0 < operands.m; pass.m0 += most_rows) {
        add_tile(schedule, operands, pass, std::min(most_rows, operands.m - pass.m0));
        ++pass.tile;
      }
  return schedule;
}

Place locate(std::int64_t flat, const Operands& operands, const Schedule& schedule) {
  const std::int64_t m = flat / operands.channels;
  const std::int64_t channel = flat % operands.channels;
  for (const Pass& pass : schedule.passes) {
    const Pack& pack = operands.packs[pass.pack];
    const std::int64_t column = channel - pack.first_channel - pass.n0;
    const std::int64_t row = m - pass.m0;
    if (column >= 0 && column < schedule.geometry.cols && row >= 0 && row < pass.command.rows &&
        channel < pack.first_channel + pack.channels)
      return {pass.tile, row, column};
  }
  assert(false && "an element outside every tile");
  return {};
}

}  // namespace systole
