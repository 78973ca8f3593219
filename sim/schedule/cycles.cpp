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

/// Cycles in which no row is issued, by what is missing, and all cycles.
struct Timeline {
  std::int64_t weight_wait = 0;
  std::int64_t parameter_wait = 0;
  std::int64_t total = 0;
};

/// Of an output-stationary design (tests/designs/output_stationary): a k per cycle, and a tile ends
/// at least `rows` cycles after the one before, whose rows leave meanwhile.
Timeline run_output_stationary(const Schedule& schedule) {
  const std::int64_t rows = schedule.geometry.rows;
  Timeline time;
  time.total = rows + schedule.geometry.cols + 3;
  for (const Pass& pass : schedule.passes)
    time.total += &pass == &schedule.passes.front() ? pass.depth : std::max(pass.depth, rows);
  return time;
}

Timeline run_passes(const Schedule& schedule) {
  if (schedule.geometry.dataflow == Dataflow::kOutputStationary)
    return run_output_stationary(schedule);
  const std::int64_t rows = schedule.geometry.rows;
  const std::int64_t cols = schedule.geometry.cols;
  Timeline time;
  // The earliest cycle for the next row: its activation beat is there, a beat per cycle; a weight
  // tile has followed the one before; parameters have followed those before.
  std::int64_t issue = 2;
  std::int64_t weights = rows + 1;
  std::int64_t parameters = cols + 1;
  for (const Pass& pass : schedule.passes) {
    const CommandBeat& command = pass.command;
    if (command.new_weights) {
      time.weight_wait += std::max<std::int64_t>(0, weights - issue);
      issue = std::max(issue, weights);
    }
    if (command.new_params) {
      time.parameter_wait += std::max<std::int64_t>(0, parameters - issue);
      issue = std::max(issue, parameters);
    }
    if (command.new_weights) weights = issue + rows;
    if (command.new_params) parameters = issue + cols;
    issue += command.rows;
  }
  const bool stream = schedule.passes.back().command.stream;
  time.total = issue + cols + (stream ? 7 : rows + 8);  // The last row's way to the output.
  return time;
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

std::array<std::int64_t, Cycles::kCauses> Cycles::by_cause(const Geometry& geometry) const {
  const std::int64_t pes = std::int64_t{geometry.rows} * geometry.cols;
  const std::array causes = {useful,      ragged,         block_diagonal,
                             weight_load, parameter_load, fill_drain};
  std::array<std::int64_t, kCauses> cycles = {};
  std::int64_t sum = 0, before = 0;
  for (std::size_t i = 0; i < kCauses; ++i) {
    sum += causes[i];
    cycles[i] = (2 * sum + pes) / (2 * pes) - before;
    before += cycles[i];
  }
  return cycles;
}

std::int64_t total_cycles(const Schedule& schedule) { return run_passes(schedule).total; }

Cycles predict(const Layout& layout, const Schedule& schedule) {
  const std::int64_t pes = std::int64_t{layout.geometry.rows} * layout.geometry.cols;
  const Timeline time = run_passes(schedule);
  Cycles cycles;
  for (const Pass& pass : schedule.passes) add_pass_causes(layout, pass, cycles);
  cycles.total = time.total;
  cycles.weight_load = time.weight_wait * pes;
  cycles.parameter_load = time.parameter_wait * pes;
  cycles.fill_drain = time.total * pes - cycles.causes();
  return cycles;
}

}  // namespace systole
