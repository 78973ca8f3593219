// cycles.cpp: when each pass can start, and what its rows do.
#include "sim/schedule/cycles.h"

#include <algorithm>

namespace systole {
namespace {

/// PEs that `pass` uses: per row (of a stream: lanes, as many as a column has PEs), or output
/// stationary per k.
void add_pass_causes(const Layout& layout, const Pass& pass, Cycles& cycles) {
  const PackShape& pack = layout.packs[pass.pack];
  const std::int64_t rows = layout.geometry.rows;
  const std::int64_t cols = layout.geometry.cols;
  const std::int64_t n = std::min(cols, pack.channels - pass.n0);
  const std::int64_t k = layout.output_stationary() ? pass.depth
                         : layout.stream            ? rows
                                                    : std::min(rows, pack.k - pass.k0);
  const std::int64_t issues = layout.output_stationary() ? k : pass.command.rows;
  std::int64_t useful = k * n;
  if (!layout.stream && layout.groups > 1) {
    const std::int64_t outputs_per_group = layout.channels / layout.groups;
    const std::int64_t inputs_per_group = layout.image[3] / layout.groups;
    useful = 0;
    for (std::int64_t i = pass.k0; i < pass.k0 + k; ++i) {
      const std::int64_t group = (pack.first_input + i % pack.inputs) / inputs_per_group;
      const std::int64_t first = pack.first_channel + pass.n0;
      useful += std::max<std::int64_t>(0, std::min(first + n, (group + 1) * outputs_per_group) -
                                              std::max(first, group * outputs_per_group));
    }
  }
  cycles.useful += pass.command.rows * useful;
  cycles.block_diagonal += pass.command.rows * (k * n - useful);
  cycles.ragged += issues * rows * cols - pass.command.rows * k * n;
}

/// The cycle model of an output-stationary design (tests/designs/output_stationary): a k per cycle,
/// and a tile ends at least `rows` cycles after the one before, whose rows leave meanwhile.
Cycles predict_output_stationary(const Layout& layout, const Schedule& schedule) {
  const std::int64_t rows = layout.geometry.rows;
  const std::int64_t cols = layout.geometry.cols;
  Cycles cycles;
  for (const Pass& pass : schedule.passes) {
    const bool is_first = &pass == &schedule.passes.front();
    cycles.total += is_first ? pass.depth : std::max(pass.depth, rows);
    add_pass_causes(layout, pass, cycles);
  }
  cycles.total += rows + cols + 3;
  cycles.fill_drain = cycles.total * rows * cols - cycles.causes();
  return cycles;
}

}  // namespace

Cycles& Cycles::operator+=(const Cycles& other) {
  total += other.total;
  useful += other.useful;
  ragged += other.ragged;
  block_diagonal += other.block_diagonal;
  weight_load += other.weight_load;
  parameter_load += other.parameter_load;
  fill_drain += other.fill_drain;
  return *this;
}

Cycles predict(const Layout& layout, const Schedule& schedule) {
  if (layout.output_stationary()) return predict_output_stationary(layout, schedule);
  const std::int64_t rows = layout.geometry.rows;
  const std::int64_t cols = layout.geometry.cols;
  Cycles cycles;
  // The earliest cycle for the next row: its activation beat is there, a beat per cycle; a weight
  // tile has followed the one before; parameters have followed those before.
  std::int64_t issue = 2;
  std::int64_t weights = rows + 1;
  std::int64_t parameters = cols + 1;
  std::int64_t weight_wait = 0, parameter_wait = 0;
  for (const Pass& pass : schedule.passes) {
    const CommandBeat& command = pass.command;
    const std::int64_t ready = issue;
    if (command.new_weights) issue = std::max(issue, weights);
    weight_wait += issue - ready;
    const std::int64_t fed = issue;
    if (command.new_params) issue = std::max(issue, parameters);
    parameter_wait += issue - fed;
    if (command.new_weights) weights = issue + rows;
    if (command.new_params) parameters = issue + cols;
    issue += command.rows;
    add_pass_causes(layout, pass, cycles);
  }
  // The last row leaves `rows + cols + 8` cycles (a stream's: cols + 7) after its issue.
  cycles.total = issue + cols + (layout.stream ? 7 : rows + 8);
  cycles.weight_load = weight_wait * rows * cols;
  cycles.parameter_load = parameter_wait * rows * cols;
  cycles.fill_drain = cycles.total * rows * cols - cycles.causes();
  return cycles;
}

}  // namespace systole
